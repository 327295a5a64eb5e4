//! Makers of ids in the forms that the platform's services use.

/// A random UUID in its usual text form: flows, connections, runs, request ids.
pub(crate) fn uuid() -> String {
    let bits = fastrand::u128(..);
    let bits = (bits & !(0xf << 76)) | (4 << 76);
    let bits = (bits & !(0b11 << 62)) | (0b10 << 62);
    let text = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

/// `length` random lower-case hex digits: schemas (48), descriptors (48), mapping sets (32), datasets (24).
pub(crate) fn hex(length: usize) -> String {
    (0..length).map(|_| char::from(b"0123456789abcdef"[fastrand::usize(..16)])).collect()
}

/// A batch id: a ULID, which sorts by its time.
pub(crate) fn batch(millis: i64) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = u64::try_from(millis).unwrap_or_default();
    let mut id: String = (0..10).rev().map(|place| char::from(DIGITS[(time >> (5 * place)) as usize & 31])).collect();
    id.extend((0..16).map(|_| char::from(DIGITS[fastrand::usize(..32)])));
    id
}

/// An etag with its inner quotes, as Flow Service writes them into headers and bodies.
pub(crate) fn etag(now: i64) -> String {
    format!("\"{}-0000-0200-0000-{:08x}0000\"", hex(8), now / 1000)
}
