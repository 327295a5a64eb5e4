//! Files that are compressed, or packed together: their records arrive.

use std::io::{Cursor, Write};

use aep_ingest::FileSource;
use aep_sources::Connector;
use aep_sources::types::CompressionType;
use aep_workflows::{Local, SANDBOX, pipelines, prepared};
use bzip2::write::BzEncoder;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{BOUND, Outcome, PACE};

type Packed = Result<Vec<u8>, Box<dyn std::error::Error>>;

fn gzip(bytes: &[u8]) -> Packed {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// An archive of two files, each with its header row.
fn tar(files: [&str; 2]) -> Packed {
    let mut archive = tar::Builder::new(Vec::new());
    for (index, text) in files.into_iter().enumerate() {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(text.len())?);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("people-{index}.csv"), text.as_bytes())?;
    }
    Ok(archive.into_inner()?)
}

fn zip(files: [&str; 2]) -> Packed {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (index, text) in files.into_iter().enumerate() {
        archive.start_file(format!("people-{index}.csv"), options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

#[tokio::test]
async fn the_records_of_every_kind_arrive() -> Outcome {
    let (one, other) = (prepared::file(0), prepared::file(1));
    let both = [one.as_str(), other.as_str()];
    let mut bzip2 = BzEncoder::new(Vec::new(), bzip2::Compression::default());
    bzip2.write_all(one.as_bytes())?;
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(one.as_bytes())?;
    let cases = [
        (CompressionType::Gzip, gzip(one.as_bytes())?, 6),
        (CompressionType::Deflate, deflate.finish()?, 6),
        (CompressionType::Bzip2, bzip2.finish()?, 6),
        (CompressionType::ZipDeflate, zip(both)?, 12),
        (CompressionType::Tar, tar(both)?, 12),
        (CompressionType::TarGzip, gzip(&tar(both)?)?, 12),
    ];
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    for (index, (compression, bytes, records)) in cases.into_iter().enumerate() {
        let path = format!("/packed/{index}/people.csv.packed");
        local.emulator.add_file(SANDBOX, pipelines::FILES_CONNECTION, &path, bytes)?;
        let source = FileSource::file(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, &path)
            .format("delimited")
            .compression(compression.clone())
            .base_connection(pipelines::FILES_CONNECTION);
        let flow = pipelines::cloud_storage().source(source).build()?.apply(&local.sandbox).await?;
        let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
        assert_eq!((run.records_in(), run.records_failed()), (records, 0), "{compression}");
        flow.destroy().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_compressed_as_it_is_said_to_be_is_told_by_the_plan() -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let source = FileSource::file(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, pipelines::FILES_PATH)
        .compression(CompressionType::Bzip2)
        .base_connection(pipelines::FILES_CONNECTION);
    let error = pipelines::cloud_storage().source(source).build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.contains("cannot be unpacked as bzip2"), "{error}");
    Ok(())
}
