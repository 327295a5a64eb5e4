//! A way to the local platform on which requests get lost: the connection ends in the middle of what the client sends.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

type Wanted = dyn Fn(&str) -> bool + Send + Sync;

/// Passes on what goes to a local platform and comes from it, but for the requests that it cuts.
pub struct Knife {
    url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    cutting: Mutex<Option<Cutting>>,
    cuts: AtomicUsize,
}

/// Which requests are cut.
struct Cutting {
    /// By their first line.
    wanted: Box<Wanted>,
    /// So many of them go through before.
    spared: usize,
    /// So many are cut then.
    left: usize,
}

impl Knife {
    /// Listens on the loopback interface, for a platform at this address.
    ///
    /// # Errors
    /// The address is none of this machine, or no port can be listened on.
    pub async fn before(platform: &str) -> io::Result<Self> {
        let wrong = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let platform: SocketAddr = platform.trim_start_matches("http://").parse().map_err(wrong)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(State::default());
        let knife = Self { url, state: Arc::clone(&state) };
        tokio::spawn(async move {
            // Until the runtime ends, as connections do.
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connection(client, platform, Arc::clone(&state)));
            }
        });
        Ok(knife)
    }

    /// Where clients find the platform.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts so many requests with a first line that is wanted, from the one of this number on.
    pub fn cut(&self, first: usize, times: usize, wanted: impl Fn(&str) -> bool + Send + Sync + 'static) {
        let cutting = Cutting { wanted: Box::new(wanted), spared: first.saturating_sub(1), left: times };
        *self.state.cutting.lock().unwrap_or_else(PoisonError::into_inner) = Some(cutting);
    }

    /// How many were cut.
    pub fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::Relaxed)
    }
}

impl State {
    /// Whether a request that begins with these bytes is cut.
    fn cuts(&self, bytes: &[u8]) -> bool {
        let line = bytes.split(|byte| *byte == b'\r').next().and_then(|line| std::str::from_utf8(line).ok());
        let Some(line) = line.filter(|line| line.ends_with(" HTTP/1.1")) else { return false };
        let mut cutting = self.cutting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(cutting) = cutting.as_mut().filter(|cutting| (cutting.wanted)(line)) else { return false };
        if cutting.spared > 0 {
            cutting.spared -= 1;
            return false;
        }
        let cut = cutting.left > 0;
        cutting.left -= usize::from(cut);
        self.cuts.fetch_add(usize::from(cut), Ordering::Relaxed);
        cut
    }
}

async fn connection(client: TcpStream, platform: SocketAddr, state: Arc<State>) {
    let Ok(platform) = TcpStream::connect(platform).await else { return };
    let _ = (client.set_nodelay(true), platform.set_nodelay(true));
    let ((from_client, mut to_client), (mut from_platform, to_platform)) = (client.into_split(), platform.into_split());
    tokio::select! {
        () = requests(from_client, to_platform, &state) => {}
        _ = tokio::io::copy(&mut from_platform, &mut to_client) => {}
    }
}

/// Passes requests on until one is cut; then both ends are closed.
async fn requests(mut client: OwnedReadHalf, mut platform: OwnedWriteHalf, state: &State) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read) = client.read(&mut buffer).await else { return };
        let cut = state.cuts(&buffer[..read]);
        let passed = if cut { read / 2 } else { read };
        if read == 0 || platform.write_all(&buffer[..passed]).await.is_err() || cut {
            return;
        }
    }
}
