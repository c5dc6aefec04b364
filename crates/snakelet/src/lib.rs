//! An embeddable MicroPython-compatible interpreter.
#![no_std]
