//! Listening: connections in, a bounded time for their first line, and an end that loses nothing that was begun.

use crate::web::public::Peer;
use crate::{Server, router};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long a client may take for the head of a request.
const HEAD: Duration = Duration::from_secs(10);
/// How long requests under way are waited for at the end.
const FAREWELL: Duration = Duration::from_secs(20);

/// 服务设置.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Address and port; port 0: one that is free.
    pub listen: SocketAddr,
}

/// 已开始监听: it takes connections from now on.
pub struct Listening {
    listener: TcpListener,
    server: Server,
}

impl Listening {
    /// Takes the address.
    pub async fn on(settings: Settings, server: Server) -> std::io::Result<Listening> {
        Ok(Listening { listener: TcpListener::bind(settings.listen).await?, server })
    }

    /// The address taken.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `end`, then lets requests under way come to theirs.
    pub async fn serve(self, end: impl Future<Output = ()>) {
        let service = TowerToHyperService::new(router(self.server));
        let graceful = GracefulShutdown::new();
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let mut end = std::pin::pin!(end);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut end => break,
            };
            let (stream, peer) = match accepted {
                Ok((stream, address)) => (stream, Peer(address.ip())),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not taken");
                    // Out of file handles, mostly: the next try would fail at once, again and again.
                    let mut pause = tokio::time::interval(Duration::from_millis(50));
                    pause.tick().await;
                    pause.tick().await;
                    continue;
                }
            };
            let connection = {
                let service = service.clone();
                let told = hyper::service::service_fn(move |mut request: Request<Incoming>| {
                    request.extensions_mut().insert(peer);
                    service.call(request)
                });
                builder.serve_connection(TokioIo::new(stream), told)
            };
            let watched = graceful.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = watched.await {
                    tracing::debug!(%error, "a connection broke");
                }
            });
        }
        drop(self.listener);
        if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
            tracing::warn!("requests under way were cut off");
        }
    }
}
