//! Compiles Python source text to MicroPython bytecode in bounded memory.
#![no_std]
