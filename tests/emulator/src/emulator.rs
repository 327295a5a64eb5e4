//! The emulator as a program or a test uses it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::error::{Error, Result};
use crate::faults::{FaultFile, Faults, InjectedFault};
use crate::front::Front;
use crate::journal::{self, Entry, RequestRecord};
use crate::platform::Platform;
use crate::seed;
use crate::server::{self, Shared};
use crate::services;
use crate::settings::Settings;
use crate::sources::{DataDir, SourceFile, Table};
use crate::state;

/// A local platform that runs until it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> aep_emulator::Result<()> {
/// let emulator = aep_emulator::Emulator::builder().start().await?;
/// for (name, value) in emulator.environment() {
///     println!("export {name}={value}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Emulator {
    shared: Arc<Shared>,
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    _front: Option<Front>,
}

/// Settings of an emulator that is not started yet.
#[derive(Debug, Default)]
#[must_use]
pub struct Builder {
    settings: Settings,
    port: u16,
    faults: Faults,
    platform: Option<Platform>,
    front: Option<SocketAddr>,
}

impl Builder {
    /// Takes the bodies of older tutorials as they were published. Off by default.
    pub fn lenient(mut self, lenient: bool) -> Self {
        self.settings.lenient = lenient;
        self
    }

    /// Makes the client a provider's: it writes connection specifications and reports on runs. Off by default.
    pub fn provider(mut self, provider: bool) -> Self {
        self.settings.provider = provider;
        self
    }

    /// How long a token is valid; a day by default.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Time that each call takes at least; none by default.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.settings.delay = delay;
        self
    }

    /// Time from the creation of a run to its end; 150 ms by default.
    pub fn run_duration(mut self, duration: Duration) -> Self {
        self.settings.run_duration = duration;
        self
    }

    /// Time from the creation of a sandbox until it is active; 50 ms by default.
    pub fn sandbox_creation(mut self, duration: Duration) -> Self {
        self.settings.sandbox_creation = duration;
        self
    }

    /// Time for which streamed messages are gathered before they are stored as a batch; 100 ms by default.
    pub fn streaming_interval(mut self, interval: Duration) -> Self {
        self.settings.streaming_interval = interval;
        self
    }

    /// What the emulator's clock shows at the start; wall time by default. A test whose schedules must not depend on the
    /// time of day sets it.
    pub fn starts_at(self, time: SystemTime) -> Self {
        self.settings.clock.set(time);
        self
    }

    /// Id and secret of the client that may ask for tokens.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.client_id = id.into();
        self.settings.client_secret = secret.into();
        self
    }

    /// The organization, such as `ACME@AdobeOrg`.
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.settings.organization = organization.into();
        self
    }

    /// Tenant id, without the leading underscore; `acmetenant` by default.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.settings.tenant = tenant.into();
        self
    }

    /// Faults to begin with, as a file of `[[fault]]` tables; `name` is for messages. The members of a table are those of
    /// [`InjectedFault`], and `seed` at the top decides what happens by chance.
    ///
    /// # Errors
    /// The text is no such TOML.
    pub fn faults(mut self, name: &str, text: &str) -> Result<Self> {
        self.faults = Faults::of(FaultFile::parse(name, text)?);
        Ok(self)
    }

    /// A folder with the data of source systems: every CSV, NDJSON or JSON file in `tables/` is a table of every table source, and
    /// cloud storages hold what is in `files/`. It is read whenever a source is, so rows and files can be added meanwhile.
    ///
    /// # Errors
    /// When there is no such folder, or neither `tables` nor `files` in it.
    pub fn data_dir(mut self, folder: impl Into<PathBuf>) -> Result<Self> {
        self.settings.data_dir = Some(DataDir::open(folder.into()).map_err(Error::data_dir)?);
        Ok(self)
    }

    /// Begins with the state that [`Emulator::save_state`] has written to this file, clock included; with a new platform where
    /// there is no such file yet.
    ///
    /// # Errors
    /// When the file is no state of an emulator.
    pub fn state(mut self, file: impl AsRef<Path>) -> Result<Self> {
        if let Some((clock, platform)) = state::load(file.as_ref()).map_err(Error::state)? {
            self.settings.clock.set_ahead(clock);
            self.platform = Some(platform);
        }
        Ok(self)
    }

    /// The port to listen on; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A program that clients are to talk to in place of the emulator, such as a proxy that checks what passes. The emulator
    /// connects to it, writes the address where it listens and a line feed, and reads a line with the URL that it then gives
    /// out everywhere; when the emulator stops, the connection is closed.
    pub fn front(mut self, address: SocketAddr) -> Self {
        self.front = Some(address);
        self
    }

    /// Starts the emulator on the loopback interface.
    ///
    /// # Errors
    /// When the port cannot be listened on, or a front does not answer as it should.
    pub async fn start(mut self) -> Result<Emulator> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = TcpListener::bind(address).await.map_err(|source| Error::listen(self.port, source))?;
        let address = listener.local_addr().map_err(|source| Error::listen(self.port, source))?;
        let port = address.port();
        let (front, url) = match self.front {
            None => (None, format!("http://{address}")),
            Some(front) => {
                let (line, url) =
                    Front::register(front, address).await.map_err(|source| Error::front(front, source))?;
                (Some(line), url)
            }
        };
        self.settings.base_url = url;
        let shared = Arc::new(Shared::new(self.settings, self.faults, self.platform));
        let router = Router::new().fallback(server::handle).with_state(Arc::clone(&shared));
        let listener = listener.tap_io(|stream| {
            // A small answer must not wait for the next packet.
            let _ = stream.set_nodelay(true);
        });
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
        });
        Ok(Emulator { shared, port, stop: Some(stop), _front: front })
    }
}

impl Emulator {
    /// Settings to start from.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// An emulator with the default settings, on a free port.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// Where the services are, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.shared.settings.base_url
    }

    /// Where the identity service is: the same place.
    pub fn ims_url(&self) -> &str {
        &self.shared.settings.base_url
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Id of the client that may ask for tokens.
    pub fn client_id(&self) -> &str {
        &self.shared.settings.client_id
    }

    /// Secret of that client.
    pub fn client_secret(&self) -> &str {
        &self.shared.settings.client_secret
    }

    /// The organization that everything belongs to.
    pub fn organization(&self) -> &str {
        &self.shared.settings.organization
    }

    /// Tenant id, without the leading underscore.
    pub fn tenant(&self) -> &str {
        &self.shared.settings.tenant
    }

    /// The variables that a client reads its configuration from.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("AEP_CLIENT_ID", self.client_id()),
            ("AEP_CLIENT_SECRET", self.client_secret()),
            ("AEP_ORG_ID", self.organization()),
            ("AEP_BASE_URL", self.base_url()),
            ("AEP_IMS_URL", self.ims_url()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// A valid token, without asking the identity service for it.
    pub fn issue_token(&self) -> String {
        self.shared.tokens().issue(&self.shared.settings)
    }

    /// Ends every token: the next call with one is answered 401.
    pub fn revoke_tokens(&self) {
        self.shared.tokens().revoke_all();
    }

    /// Moves the emulator's clock forward: tokens end, runs begin and end.
    pub fn advance(&self, by: Duration) {
        self.shared.settings.clock.advance(by);
    }

    /// What the emulator's clock shows.
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(u64::try_from(self.shared.settings.clock.now()).unwrap_or(0))
    }

    /// The requests so far, in the order of their answers: all of them, or the last ones where there were more than 10,000.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.records().iter().map(Entry::record).collect()
    }

    /// The number of the last request, from 1; 0 before the first one.
    pub fn last_request(&self) -> usize {
        self.shared.records().last().map_or(0, |entry| entry.head.number)
    }

    /// Answers in the log that do not satisfy the document of their service, each with what is wrong: none, unless the
    /// emulator and `specs/` have come apart.
    pub fn faulty_answers(&self) -> Vec<String> {
        self.shared.records().iter().filter_map(Entry::answer_fault).collect()
    }

    /// Empties the log.
    pub fn clear_requests(&self) {
        self.shared.records().clear();
    }

    /// Length of the longest chain of requests each of which began after the one before it had been answered. Token
    /// requests do not count.
    pub fn depth(&self) -> usize {
        journal::depth(self.shared.records().iter().map(|entry| &entry.head))
    }

    /// The requests in the log by the length of the longest chain, as [`Self::depth`] counts it, that ends with them: first those that
    /// waited for no other, then those that waited for one, and so on. Where a test lets held requests go, all of them at
    /// once, this does not depend on how long anything takes.
    pub fn waves(&self) -> Vec<Vec<RequestRecord>> {
        let records = self.requests();
        let mut waves: Vec<Vec<RequestRecord>> = Vec::new();
        for (index, length) in journal::lengths(&records) {
            if waves.len() < length {
                waves.resize_with(length, Vec::new);
            }
            waves[length - 1].push(records[index].clone());
        }
        waves
    }

    /// Has requests wait before anything is done about them, from now on, but for those for a token.
    pub fn hold_requests(&self) {
        self.shared.gate.close();
    }

    /// How many requests wait. One whose client has gone does not.
    pub fn held_requests(&self) -> usize {
        self.shared.gate.count()
    }

    /// Lets go those that wait now, and gives their number; those that come later wait.
    pub fn release_requests(&self) -> usize {
        self.shared.gate.release()
    }

    /// Has no request wait any more.
    pub fn pass_requests(&self) {
        self.shared.gate.open();
    }

    /// How often an operation was called, for example `createFlow`.
    pub fn count(&self, operation: &str) -> usize {
        self.shared.records().iter().filter(|entry| entry.head.operation == Some(operation)).count()
    }

    /// How often a token was asked for.
    pub fn count_tokens(&self) -> usize {
        self.shared.records().iter().filter(|entry| entry.head.is_token()).count()
    }

    /// How many resources of each kind a sandbox holds, seeded base connections included.
    pub fn count_resources(&self, sandbox: &str) -> BTreeMap<String, usize> {
        let platform = self.shared.platform();
        platform.contents(sandbox).map(services::count).unwrap_or_default()
    }

    /// Has the next call of an operation answered with this status, in its service's envelope, without applying it.
    /// Called again before that, it queues.
    pub fn fail_next(&self, operation: &str, status: u16) {
        self.inject(InjectedFault::once(operation, status));
    }

    /// Has calls go wrong as the fault says, from now on. Of two faults that fit a call, the one that was added first counts.
    pub fn inject(&self, fault: InjectedFault) {
        self.shared.faults().add(fault);
    }

    /// Has nothing go wrong any more.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Adds a base connection with this id to a sandbox, of the given connection specification, with the seeded tables.
    ///
    /// # Errors
    /// When the sandbox or the connection specification is not known.
    pub fn add_base_connection(&self, sandbox: &str, id: &str, name: &str, connection_spec_id: &str) -> Result<()> {
        self.in_sandbox(sandbox, |scene| seed::connections::add(scene, id, name, connection_spec_id))?
    }

    /// Adds a table to a base connection, or replaces it.
    ///
    /// # Errors
    /// When the sandbox or the base connection is not known.
    pub fn add_table(&self, sandbox: &str, connection_id: &str, table: Table) -> Result<()> {
        self.in_sandbox(sandbox, |scene| {
            if !scene.contents.flow.connections.contains(connection_id) {
                return Err(Error::unknown("base connection", connection_id));
            }
            scene.contents.sources.add_table(connection_id, Arc::new(table));
            Ok(())
        })?
    }

    /// Adds a file to the cloud storage behind a base connection, or replaces it; it was changed when the clock shows. For
    /// the Data Landing Zone, which has no base connection, the id is that of its connection specification.
    ///
    /// # Errors
    /// When the sandbox or the connection is not known.
    pub fn add_file(&self, sandbox: &str, connection_id: &str, path: &str, bytes: impl Into<Vec<u8>>) -> Result<()> {
        let bytes = bytes.into();
        self.in_sandbox(sandbox, |scene| {
            let known = scene.contents.flow.connections.contains(connection_id)
                || services::flow::specs::connection_spec(connection_id).is_some();
            if !known {
                return Err(Error::unknown("base connection", connection_id));
            }
            scene.contents.sources.add_file(connection_id, SourceFile::in_memory(path, scene.now, bytes));
            Ok(())
        })?
    }

    /// Writes all that the emulator remembers to one file, for [`Builder::state`]: sandboxes and what is in them, runs that are
    /// under way, the clock. Tokens, the log and faults are not kept.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_state(&self, file: impl AsRef<Path>) -> Result<()> {
        let platform = self.shared.platform();
        state::save(file.as_ref(), self.shared.settings.clock.ahead(), &platform).map_err(Error::state)
    }

    /// A stored resource by kind (`flows`, `schemas`, `dataSets`, … as [`Self::count_resources`] names them) and id.
    pub fn resource(&self, sandbox: &str, kind: &str, id: &str) -> Option<Value> {
        let platform = self.shared.platform();
        services::collection(platform.contents(sandbox)?, kind)?.get(id).cloned()
    }

    fn in_sandbox<T>(&self, sandbox: &str, act: impl FnOnce(&mut crate::platform::Scene<'_>) -> T) -> Result<T> {
        let now = self.shared.settings.clock.now();
        let mut platform = self.shared.platform();
        let mut scene =
            platform.scene(sandbox, &self.shared.settings, now).ok_or_else(|| Error::unknown("sandbox", sandbox))?;
        Ok(act(&mut scene))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}
