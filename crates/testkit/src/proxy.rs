//! A proxy in front of a PostgreSQL server that cuts connections on purpose, above all around a COMMIT. It reads
//! the protocol only as far as to know where a message of the client's begins and whether it is a COMMIT.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It is passed on.
    Not,
    /// The connection ends; the server never sees it.
    Before,
    /// It is passed on, and the connection ends at once, before any answer is passed back.
    After,
    /// It is passed on, the server answers, and the connection ends: the client never sees the answer.
    Answered,
}

/// Decides for every message of a client's, told whether it is a COMMIT.
pub type Plan = Arc<dyn Fn(bool) -> Cut + Send + Sync>;

/// The proxy. It ends, with all its connections, when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    listening: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Proxy {
    /// Listens on a port of its own for connections to the server of this URL.
    pub async fn start(url: &str, plan: Plan) -> Proxy {
        let server = host_and_port(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let listening = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (server, plan) = (server.clone(), plan.clone());
                connections.spawn(async move {
                    // A server that is down is a connection that ends, too.
                    if let Ok(server) = TcpStream::connect(server).await {
                        Between::new(client, server).run(&plan).await;
                    }
                });
            }
        });
        Proxy { address, listening }
    }

    /// The URL with the proxy in the server's place.
    pub fn url(&self, url: &str) -> String {
        url.replacen(host_and_port(url), &self.address.to_string(), 1)
    }
}

/// `host:port` of `postgres://user@host:port/database`.
fn host_and_port(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split_once('/').map_or(rest, |(rest, _)| rest);
    rest.rsplit_once('@').map_or(rest, |(_, rest)| rest)
}

struct Between {
    client: OwnedReadHalf,
    server: OwnedWriteHalf,
    /// Bytes of the client's that are not passed on yet.
    read: Vec<u8>,
    /// The first message has no kind.
    started: bool,
    answers: JoinHandle<()>,
    mute: Arc<AtomicBool>,
    answered: Arc<Notify>,
}

impl Between {
    fn new(client: TcpStream, server: TcpStream) -> Between {
        // Neither side waits for its own delay.
        for side in [&client, &server] {
            side.set_nodelay(true).expect("a TCP connection");
        }
        let (client, to_client) = client.into_split();
        let (from_server, server) = server.into_split();
        let (mute, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let answers = tokio::spawn(pass_on(from_server, to_client, mute.clone(), answered.clone()));
        Between { client, server, read: Vec::new(), started: false, answers, mute, answered }
    }

    async fn run(mut self, plan: &Plan) {
        // An error of either side ends the connection; whoever asks over it sees that.
        while let Some((message, is_commit)) = self.message().await {
            let cut = if self.started { plan(is_commit) } else { Cut::Not };
            self.started = true;
            self.mute.store(matches!(cut, Cut::After | Cut::Answered), Ordering::SeqCst);
            if cut == Cut::Before || self.server.write_all(&message).await.is_err() {
                break;
            }
            if cut == Cut::Answered {
                self.answered.notified().await;
            }
            if cut != Cut::Not {
                break;
            }
        }
        self.answers.abort();
    }

    /// The next whole message, and whether it is a COMMIT.
    async fn message(&mut self) -> Option<(Vec<u8>, bool)> {
        let head = usize::from(self.started);
        loop {
            if let Some(length) = self.read.get(head..head + 4) {
                let length = u32::from_be_bytes(length.try_into().ok()?) as usize + head;
                if self.read.len() >= length {
                    let rest = self.read.split_off(length);
                    let message = std::mem::replace(&mut self.read, rest);
                    let is_commit =
                        self.started && message.starts_with(b"Q") && message.ends_with(b"COMMIT\0");
                    return Some((message, is_commit));
                }
            }
            if self.client.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
    }
}

/// Passes the server's answers on, until it is muted: then it only tells that there was one.
async fn pass_on(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    mute: Arc<AtomicBool>,
    answered: Arc<Notify>,
) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = server.read(&mut bytes).await {
        if mute.load(Ordering::SeqCst) {
            break;
        }
        if client.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    // The end of the server is an answer, too.
    answered.notify_one();
}
