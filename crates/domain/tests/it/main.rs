//! Tests of the law in code: the life of a case under any sequence of commands, and the case each
//! article describes.

mod articles;
mod draws;
mod golden;
mod life;
mod world;
