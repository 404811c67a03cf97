//! Pages over HTTP, on both engines: requests in, answers out; nothing of the platform replaced.

mod access;
mod assets;
mod desk;
mod house;
mod intake;
mod permissions;
mod personal;
mod portal;
mod rating;
