//! Forms and queries as typed: what cannot be read is one error of ours, whatever the library calls it.

use crate::error::PageError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

/// The fields of a form.
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Form<T>, PageError> {
        match axum::Form::<T>::from_request(request, state).await {
            Ok(axum::Form(fields)) => Ok(Form(fields)),
            Err(fault) => Err(match fault.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
                _ => PageError::Unreadable,
            }),
        }
    }
}

/// The fields of a query string.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, PageError> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(fields)| Query(fields)).map_err(|_| PageError::Unreadable)
    }
}

/// The fields of a form as they came, and its files; a form without files may come in either way of writing.
#[derive(Default)]
pub struct Sent {
    fields: Vec<(String, String)>,
    /// Files by the name of their field; one nobody chose is left out.
    pub files: Vec<(String, Bytes)>,
}

impl Sent {
    /// The first field of this name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|field| field.0 == name).map_or("", |field| &field.1)
    }

    /// A field of this name was sent, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.0 == name)
    }

    /// Every field of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |field| field.0 == name).map(|field| field.1.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Sent, PageError> {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !media.is_some_and(|media| media.starts_with("multipart/form-data")) {
            let Form(fields) = Form::from_request(request, state).await?;
            return Ok(Sent { fields, files: Vec::new() });
        }
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| PageError::Unreadable)?;
        let mut sent = Sent::default();
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                let bytes = part.bytes().await.map_err(unreadable)?;
                if !bytes.is_empty() {
                    sent.files.push((name, bytes));
                }
            } else {
                sent.fields.push((name, part.text().await.map_err(unreadable)?));
            }
        }
        Ok(sent)
    }
}

fn unreadable(fault: axum::extract::multipart::MultipartError) -> PageError {
    match fault.status() {
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        _ => PageError::Unreadable,
    }
}
