//! Reads that may touch the disk, off the async threads.

use std::{io, sync::Arc};

use crate::problem::Problem;

/// Runs `read` on a thread for blocking work.
///
/// # Errors
/// 503 when the read fails or panics, as sled may on a damaged file. Only this request fails.
pub(crate) async fn read<B, T>(
    backend: &Arc<B>,
    read: impl FnOnce(&B) -> io::Result<T> + Send + 'static,
) -> Result<T, Problem>
where
    B: ?Sized + Send + Sync + 'static,
    T: Send + 'static,
{
    let backend = Arc::clone(backend);
    match tokio::task::spawn_blocking(move || read(backend.as_ref())).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => {
            tracing::warn!(%error, "reading records failed");
            Err(Problem::unavailable("the records cannot be read now"))
        }
        Err(error) => {
            tracing::error!(%error, "reading records panicked");
            Err(Problem::unavailable("the records cannot be read now"))
        }
    }
}
