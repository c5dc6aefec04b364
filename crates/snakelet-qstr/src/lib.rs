//! Interned strings: the static table and the numbering that .mpy files use.
#![no_std]
