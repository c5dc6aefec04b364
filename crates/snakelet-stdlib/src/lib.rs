//! The library modules of Snakelet that are no part of the interpreter itself: `array`, `asyncio`, `binascii`, `cmath`,
//! `collections`, `cryptolib`, `deflate`, `framebuf`, `hashlib`, `heapq`, `json`, `math`, `platform`, `random`, `re`,
//! `select`, `struct`, `time`, `uctypes` and `websocket`.
//!
//! They are written against the native interface that every other crate has, `snakelet_vm::native`, without unsafe
//! code, each behind a feature of its name. What is long and seldom runs is Python, in the folder `python`, which the build compiles.
//! The crate `snakelet` adds [`MODULES`] and what is in Python to its interpreters with its feature `stdlib`.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

#[cfg(feature = "array")]
mod array;
#[cfg(feature = "asyncio")]
mod asyncio;
#[cfg(feature = "binascii")]
mod binascii;
#[cfg(feature = "cmath")]
mod cmath;
#[cfg(feature = "collections")]
mod collections;
#[cfg(any(feature = "binascii", feature = "deflate"))]
mod crc;
#[cfg(feature = "cryptolib")]
mod cryptolib;
#[cfg(feature = "deflate")]
mod deflate;
#[cfg(feature = "framebuf")]
mod framebuf;
#[cfg(any(feature = "deflate", feature = "json", feature = "re", feature = "websocket"))]
#[cfg_attr(not(feature = "json"), allow(dead_code, reason = "streams are written by json alone"))]
mod gather;
#[cfg(feature = "hashlib")]
mod hashlib;
#[cfg(feature = "heapq")]
mod heapq;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "math")]
mod math;
#[cfg(feature = "platform")]
mod platform;
#[cfg(feature = "random")]
mod random;
#[cfg(feature = "re")]
mod re;
#[cfg(any(feature = "deflate", feature = "websocket"))]
mod reading;
#[cfg(feature = "select")]
mod select;
#[cfg(feature = "struct")]
mod structs;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uctypes")]
mod uctypes;
#[cfg(any(feature = "fat", feature = "littlefs", feature = "romfs"))]
mod vfs;
#[cfg(feature = "websocket")]
mod websocket;

#[cfg(feature = "frozen")]
use snakelet_vm::FrozenModule;
use snakelet_vm::native::NativeModule;

#[cfg(feature = "array")]
pub use array::ARRAY;
#[cfg(feature = "asyncio")]
pub use asyncio::ASYNCIO;
#[cfg(feature = "binascii")]
pub use binascii::BINASCII;
#[cfg(feature = "cmath")]
pub use cmath::CMATH;
#[cfg(feature = "collections")]
pub use collections::COLLECTIONS;
#[cfg(feature = "cryptolib")]
pub use cryptolib::CRYPTOLIB;
#[cfg(feature = "deflate")]
pub use deflate::DEFLATE;
#[cfg(feature = "framebuf")]
pub use framebuf::FRAMEBUF;
#[cfg(feature = "hashlib")]
pub use hashlib::HASHLIB;
#[cfg(feature = "heapq")]
pub use heapq::HEAPQ;
#[cfg(feature = "json")]
pub use json::JSON;
#[cfg(feature = "math")]
pub use math::MATH;
#[cfg(feature = "platform")]
pub use platform::PLATFORM;
#[cfg(feature = "random")]
pub use random::RANDOM;
#[cfg(feature = "re")]
pub use re::RE;
#[cfg(feature = "select")]
pub use select::SELECT;
#[cfg(feature = "struct")]
pub use structs::STRUCT;
#[cfg(feature = "time")]
pub use time::TIME;
#[cfg(feature = "uctypes")]
pub use uctypes::UCTYPES;
#[cfg(any(feature = "fat", feature = "littlefs", feature = "romfs"))]
pub use vfs::VFS;
#[cfg(feature = "websocket")]
pub use websocket::WEBSOCKET;

/// The modules of this crate that are written in Python, as bytecode. They are run where they lie, and cost no heap
/// until they are imported.
#[cfg(feature = "frozen")]
pub static FROZEN: &[FrozenModule] = include!(concat!(env!("OUT_DIR"), "/frozen.rs"));

/// All native modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    #[cfg(feature = "array")]
    &ARRAY,
    #[cfg(feature = "asyncio")]
    &ASYNCIO,
    #[cfg(feature = "binascii")]
    &BINASCII,
    #[cfg(feature = "cmath")]
    &CMATH,
    #[cfg(feature = "collections")]
    &COLLECTIONS,
    #[cfg(feature = "cryptolib")]
    &CRYPTOLIB,
    #[cfg(feature = "deflate")]
    &DEFLATE,
    #[cfg(feature = "framebuf")]
    &FRAMEBUF,
    #[cfg(feature = "hashlib")]
    &HASHLIB,
    #[cfg(feature = "heapq")]
    &HEAPQ,
    #[cfg(feature = "json")]
    &JSON,
    #[cfg(feature = "math")]
    &MATH,
    #[cfg(feature = "platform")]
    &PLATFORM,
    #[cfg(feature = "random")]
    &RANDOM,
    #[cfg(feature = "re")]
    &RE,
    #[cfg(feature = "select")]
    &SELECT,
    #[cfg(feature = "struct")]
    &STRUCT,
    #[cfg(feature = "time")]
    &TIME,
    #[cfg(feature = "uctypes")]
    &UCTYPES,
    #[cfg(any(feature = "fat", feature = "littlefs", feature = "romfs"))]
    &VFS,
    #[cfg(feature = "websocket")]
    &WEBSOCKET,
];
