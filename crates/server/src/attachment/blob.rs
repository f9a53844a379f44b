//! Where the bytes of files are: a folder beside the database, or a bucket of S3.

use std::sync::Arc;

use bytes::Bytes;
use object_store::{
    ObjectStore, ObjectStoreExt as _, PutPayload, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path,
};
use store::{Scope, Store};

use super::AttachmentId;
use crate::{
    config::Config,
    error::{Error, Result},
};

/// Files, by the id of their attachment.
#[derive(Clone)]
pub struct Blobs(Arc<dyn ObjectStore>);

/// The folder beside the database.
pub const FOLDER: &str = "blobs";
/// Files that are removed in one go.
const BATCH: i64 = 100;

impl Blobs {
    /// Opens what the settings name.
    ///
    /// # Errors
    /// When the folder cannot be made, or the settings of the bucket are incomplete.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let bucket = &config.attachments.bucket;
        if bucket.is_empty() {
            let folder = config.data.join(FOLDER);
            std::fs::create_dir_all(&folder)?;
            let local = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
            return Ok(Self(Arc::new(local)));
        }
        let settings = &config.attachments;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(&settings.secret_access_key.0);
        if !settings.endpoint.is_empty() {
            let is_plain = settings.endpoint.starts_with("http://");
            builder = builder.with_endpoint(&settings.endpoint).with_allow_http(is_plain);
        }
        Ok(Self(Arc::new(builder.build()?)))
    }

    /// Two letters of chance spread the files over folders.
    fn path(workspace: &str, id: &AttachmentId) -> Path {
        let text = id.as_str();
        let spread = text.get(text.len().saturating_sub(2)..).unwrap_or("0");
        Path::from(format!("{workspace}/{spread}/{text}"))
    }

    /// Keeps the bytes of a file.
    ///
    /// # Errors
    /// Those of the folder or the bucket.
    pub async fn put(&self, workspace: &str, id: &AttachmentId, bytes: Bytes) -> Result<()> {
        let path = Self::path(workspace, id);
        let put = self.0.put(&path, PutPayload::from_bytes(bytes));
        put.await.map(drop).map_err(away)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// When they are not there.
    pub async fn get(&self, workspace: &str, id: &AttachmentId) -> Result<Bytes> {
        let found = self.0.get(&Self::path(workspace, id)).await;
        let found = found.map_err(|error| match error {
            object_store::Error::NotFound { .. } => Error::NotFound("attachment"),
            other => away(other),
        })?;
        found.bytes().await.map_err(away)
    }

    async fn remove(&self, workspace: &str, id: &AttachmentId) -> Result<()> {
        match self.0.delete(&Self::path(workspace, id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(away(error)),
        }
    }
}

/// The folder is full or the bucket is away: whoever asks may try again.
fn away(error: impl Into<object_store::Error>) -> Error {
    let error = error.into();
    tracing::error!(?error, "the files of messages cannot be reached");
    Error::Busy
}

/// Removes the bytes of files that were given up, and then their rows; says whether that was all.
/// What is left half-way is done again.
///
/// # Errors
/// Those of the store, and of the folder or the bucket.
pub async fn remove_deleted(store: &Store, blobs: &Blobs) -> Result<bool> {
    let given_up = store.system_read(|tx| {
        let sql = "select workspace, id from attachment where deleted_at is not null
                   order by workspace, id limit ?1";
        tx.all(sql, &[BATCH.into()], |row| {
            Ok::<_, Error>((row.get::<String>(0)?, row.get::<AttachmentId>(1)?))
        })
    });
    let given_up = given_up.await?;
    let is_all = i64::try_from(given_up.len()).is_ok_and(|count| count < BATCH);
    for (workspace, id) in given_up {
        blobs.remove(&workspace, &id).await?;
        let scope = Scope::new(&workspace).in_background();
        let forget = store.write(&scope, move |tx| {
            let sql = "delete from attachment where workspace = ?1 and id = ?2";
            Ok::<_, Error>(tx.run(sql, &[(&id).into()])?)
        });
        forget.await?;
    }
    Ok(is_all)
}
