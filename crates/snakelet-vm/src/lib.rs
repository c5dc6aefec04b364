//! Values, objects and the bytecode interpreter of Snakelet.
#![no_std]
