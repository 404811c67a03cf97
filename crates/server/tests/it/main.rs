//! Pages over HTTP, on both engines: requests in, answers out; nothing of the platform replaced.

mod access;
mod assets;
mod deeds;
mod desk;
mod desk_work;
mod given;
mod house;
mod intake;
mod issuing;
mod items;
mod items_draft;
mod kept;
mod permissions;
mod personal;
mod portal;
mod questions;
mod rating;
