//! Where files are: a folder, or a bucket of an S3-compatible service.

use super::error::{FilesError, io};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
// Named in Cargo.toml for what it is built with.
use reqwest as _;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// 文件存储的位置.
#[derive(Clone, PartialEq, Eq)]
pub enum FilesPlace {
    /// A folder; several nodes must see the same.
    Folder(PathBuf),
    /// A bucket of an S3-compatible service, and what names in it begin with.
    S3 {
        /// Name of the bucket.
        bucket: String,
        /// Without slashes at its ends; may be empty.
        prefix: String,
        /// Settings as the service's other tools take them from the environment: `AWS_ENDPOINT_URL`,
        /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ALLOW_HTTP`, …
        settings: Vec<(String, String)>,
    },
}

impl FilesPlace {
    /// A folder, or `s3://bucket/prefix` with settings as above; others are left out.
    pub fn read(
        text: &str,
        settings: impl IntoIterator<Item = (String, String)>,
    ) -> Result<FilesPlace, FilesError> {
        let Some(address) = text.strip_prefix("s3://") else {
            // A typing error in an address must not make a folder of that name.
            return match text {
                "" => Err(FilesError::Address(text.into())),
                other if other.contains("://") => Err(FilesError::Address(text.into())),
                folder => Ok(FilesPlace::Folder(folder.into())),
            };
        };
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        if bucket.is_empty() {
            return Err(FilesError::Address(text.into()));
        }
        let settings = settings.into_iter().filter(|(name, _)| name.starts_with("AWS_")).collect();
        Ok(FilesPlace::S3 { bucket: bucket.into(), prefix: prefix.trim_matches('/').into(), settings })
    }

    /// Makes the folder, for the eyes of this account only, if it is not there.
    pub(super) fn make(&self) -> Result<(), FilesError> {
        let FilesPlace::Folder(folder) = self else { return Ok(()) };
        if folder.is_dir() {
            return Ok(());
        }
        let mut folders = std::fs::DirBuilder::new();
        folders.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
        folders.create(folder).map_err(|error| {
            let why = error.to_string();
            FilesError::Unavailable { place: self.to_string(), why }
        })
    }

    pub(super) fn objects(&self) -> Result<Arc<dyn ObjectStore>, FilesError> {
        match self {
            FilesPlace::Folder(folder) if !folder.is_dir() => {
                let why = "没有这个目录".to_owned();
                Err(FilesError::Unavailable { place: self.to_string(), why })
            }
            FilesPlace::Folder(folder) => {
                let local = LocalFileSystem::new_with_prefix(folder).map_err(|error| io(self, error))?;
                // Off by default; without it a power failure takes what was answered for.
                Ok(Arc::new(local.with_fsync(true)))
            }
            FilesPlace::S3 { bucket, prefix, settings } => {
                // Of several providers of TLS in one program somebody must choose; an earlier choice stays.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
                for (name, value) in settings {
                    if let Ok(name) = name.to_ascii_lowercase().parse() {
                        builder = builder.with_config(name, value);
                    }
                }
                let bucket = builder.build().map_err(|error| io(self, error))?;
                Ok(Arc::new(PrefixStore::new(bucket, prefix.as_str())))
            }
        }
    }
}

impl FromStr for FilesPlace {
    type Err = FilesError;

    fn from_str(text: &str) -> Result<FilesPlace, FilesError> {
        FilesPlace::read(text, [])
    }
}

/// As a message names it.
impl fmt::Display for FilesPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FilesPlace::Folder(folder) => write!(f, "{}", folder.display()),
            FilesPlace::S3 { bucket, prefix, .. } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

/// Without the settings, which hold a secret.
impl fmt::Debug for FilesPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FilesPlace({self})")
    }
}
