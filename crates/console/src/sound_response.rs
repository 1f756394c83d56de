//! Answers with a recording whose bytes are read by the engine: ranges as for a file.

use std::{
    future::{Ready, ready},
    io::{self, SeekFrom},
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::SystemTime,
};

use axum::{body::Body, extract::Request, http::Uri, response::Response};
use tokio::{
    io::{AsyncRead, AsyncSeek, ReadBuf},
    task::JoinHandle,
};
use tower::ServiceExt;
use tower_http::services::{
    ServeDir,
    fs::{Backend, File, Metadata},
};

use crate::{
    backend::Sound,
    file_response::{Disposition, finish, keep_range},
};

/// The recording, or the range of it that was asked for.
pub(crate) async fn serve_sound(
    sound: Arc<dyn Sound>,
    disposition: Disposition,
    name: &str,
    mut request: Request,
) -> Response {
    keep_range(request.headers_mut(), sound.modified().ok());
    // The folder has one file, whatever its name.
    *request.uri_mut() = Uri::from_static("/sound.wav");
    let Ok(response) = ServeDir::with_backend("", OneSound(sound)).oneshot(request).await;
    finish(response.map(Body::new), "audio/wav", disposition, name)
}

/// A folder in which every path is this recording.
#[derive(Clone)]
struct OneSound(Arc<dyn Sound>);

impl Backend for OneSound {
    type File = SoundReader;
    type Metadata = SoundMetadata;
    type OpenFuture = Ready<io::Result<SoundReader>>;
    type MetadataFuture = Ready<io::Result<SoundMetadata>>;

    fn open(&self, _: PathBuf) -> Self::OpenFuture {
        ready(Ok(SoundReader { sound: Arc::clone(&self.0), at: 0, block: None }))
    }

    fn metadata(&self, _: PathBuf) -> Self::MetadataFuture {
        ready(SoundMetadata::of(self.0.as_ref()))
    }
}

struct SoundMetadata {
    length: u64,
    modified: Option<SystemTime>,
}

impl SoundMetadata {
    fn of(sound: &dyn Sound) -> io::Result<SoundMetadata> {
        Ok(SoundMetadata { length: sound.length()?, modified: sound.modified().ok() })
    }
}

impl Metadata for SoundMetadata {
    fn is_dir(&self) -> bool {
        false
    }

    fn modified(&self) -> io::Result<SystemTime> {
        self.modified.ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    fn len(&self) -> u64 {
        self.length
    }
}

/// Reads block by block on a thread for blocking work.
struct SoundReader {
    sound: Arc<dyn Sound>,
    at: u64,
    block: Option<JoinHandle<io::Result<Vec<u8>>>>,
}

impl File for SoundReader {
    type Metadata = SoundMetadata;
    type MetadataFuture<'a> = Ready<io::Result<SoundMetadata>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        ready(SoundMetadata::of(self.sound.as_ref()))
    }
}

impl AsyncRead for SoundReader {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let block = this.block.get_or_insert_with(|| {
            let (sound, at, wanted) = (Arc::clone(&this.sound), this.at, into.remaining());
            tokio::task::spawn_blocking(move || {
                let mut bytes = vec![0; wanted];
                let read = sound.read_at(&mut bytes, at)?;
                bytes.truncate(read);
                Ok(bytes)
            })
        });
        let bytes = std::task::ready!(Pin::new(block).poll(context));
        this.block = None;
        let bytes = bytes.map_err(io::Error::other)??;
        // The rest is read again when the caller has less room than when the block was begun.
        let fitting = bytes.get(..into.remaining()).unwrap_or(&bytes);
        into.put_slice(fitting);
        this.at += fitting.len() as u64;
        Poll::Ready(Ok(()))
    }
}

impl AsyncSeek for SoundReader {
    fn start_seek(self: Pin<&mut Self>, to: SeekFrom) -> io::Result<()> {
        let this = self.get_mut();
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => this.at.checked_add_signed(by),
            SeekFrom::End(by) => this.sound.length()?.checked_add_signed(by),
        };
        this.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        this.block = None;
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Ok(self.at))
    }
}
