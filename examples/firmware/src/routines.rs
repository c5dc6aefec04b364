//! What compiled code calls to copy, fill, compare and divide: those of the compiler's own library are made for
//! speed on large blocks, and take 4 KB of flash.
//!
//! Memory is read and written by words wherever they lie, as a Cortex-M7 can in ordinary memory.

use core::arch::global_asm;

global_asm!(
    ".syntax unified",
    ".section .text.routines.copy,\"ax\",%progbits",
    ".p2align 2",
    ".global memcpy, memmove, __aeabi_memcpy, __aeabi_memcpy4, __aeabi_memcpy8",
    ".global __aeabi_memmove, __aeabi_memmove4, __aeabi_memmove8",
    ".type memcpy,%function",
    ".type memmove,%function",
    ".type __aeabi_memcpy,%function",
    ".type __aeabi_memcpy4,%function",
    ".type __aeabi_memcpy8,%function",
    ".type __aeabi_memmove,%function",
    ".type __aeabi_memmove4,%function",
    ".type __aeabi_memmove8,%function",
    "memcpy:",
    "memmove:",
    "__aeabi_memcpy:",
    "__aeabi_memcpy4:",
    "__aeabi_memcpy8:",
    "__aeabi_memmove:",
    "__aeabi_memmove4:",
    "__aeabi_memmove8:",
    // r0 destination, r1 source, r2 bytes; from the end if the destination begins inside the source
    "subs r3, r0, r1",
    "cmp r3, r2",
    "blo 4f",
    "mov ip, r0",
    "subs r2, #16",
    "blo 3f",
    "2: ldr r3, [r1], #4",
    "str r3, [ip], #4",
    "ldr r3, [r1], #4",
    "str r3, [ip], #4",
    "ldr r3, [r1], #4",
    "str r3, [ip], #4",
    "ldr r3, [r1], #4",
    "str r3, [ip], #4",
    "subs r2, #16",
    "bhs 2b",
    // the bits of what is left: 8 is the carry, 4 the sign, then 2 and 1
    "3: lsls r3, r2, #29",
    "itttt cs",
    "ldrcs r3, [r1], #4",
    "strcs r3, [ip], #4",
    "ldrcs r3, [r1], #4",
    "strcs r3, [ip], #4",
    "itt mi",
    "ldrmi r3, [r1], #4",
    "strmi r3, [ip], #4",
    "lsls r2, r2, #31",
    "itt cs",
    "ldrhcs r3, [r1], #2",
    "strhcs r3, [ip], #2",
    "itt mi",
    "ldrbmi r3, [r1]",
    "strbmi r3, [ip]",
    "bx lr",
    "4: add r1, r2",
    "add ip, r0, r2",
    "subs r2, #8",
    "blo 6f",
    "5: ldr r3, [r1, #-4]!",
    "str r3, [ip, #-4]!",
    "ldr r3, [r1, #-4]!",
    "str r3, [ip, #-4]!",
    "subs r2, #8",
    "bhs 5b",
    "6: adds r2, #8",
    "beq 8f",
    "7: ldrb r3, [r1, #-1]!",
    "strb r3, [ip, #-1]!",
    "subs r2, #1",
    "bne 7b",
    "8: bx lr",
    ".section .text.routines.fill,\"ax\",%progbits",
    ".p2align 2",
    ".global memset, __aeabi_memset, __aeabi_memset4, __aeabi_memset8",
    ".global __aeabi_memclr, __aeabi_memclr4, __aeabi_memclr8",
    ".type memset,%function",
    ".type __aeabi_memset,%function",
    ".type __aeabi_memset4,%function",
    ".type __aeabi_memset8,%function",
    ".type __aeabi_memclr,%function",
    ".type __aeabi_memclr4,%function",
    ".type __aeabi_memclr8,%function",
    // the standard's order is destination, byte, length; that of the ABI destination, length, byte
    "memset:",
    "mov r3, r1",
    "mov r1, r2",
    "mov r2, r3",
    "b __aeabi_memset",
    "__aeabi_memclr:",
    "__aeabi_memclr4:",
    "__aeabi_memclr8:",
    "movs r2, #0",
    "__aeabi_memset:",
    "__aeabi_memset4:",
    "__aeabi_memset8:",
    "uxtb r2, r2",
    "orr r2, r2, r2, lsl #8",
    "orr r2, r2, r2, lsl #16",
    "mov ip, r0",
    "subs r1, #16",
    "blo 3f",
    "2: str r2, [ip], #4",
    "str r2, [ip], #4",
    "str r2, [ip], #4",
    "str r2, [ip], #4",
    "subs r1, #16",
    "bhs 2b",
    "3: lsls r3, r1, #29",
    "itt cs",
    "strcs r2, [ip], #4",
    "strcs r2, [ip], #4",
    "it mi",
    "strmi r2, [ip], #4",
    "lsls r1, r1, #31",
    "it cs",
    "strhcs r2, [ip], #2",
    "it mi",
    "strbmi r2, [ip]",
    "bx lr",
    ".section .text.routines.compare,\"ax\",%progbits",
    ".p2align 2",
    ".global memcmp, bcmp",
    ".type memcmp,%function",
    ".type bcmp,%function",
    "memcmp:",
    "bcmp:",
    // whole words as long as they are equal, then bytes
    "push {{r4, lr}}",
    "2: subs r2, #4",
    "blo 3f",
    "ldr r3, [r0], #4",
    "ldr r4, [r1], #4",
    "cmp r3, r4",
    "beq 2b",
    "rev r3, r3",
    "rev r4, r4",
    "cmp r3, r4",
    "ite lo",
    "mvnlo r0, #0",
    "movhs r0, #1",
    "pop {{r4, pc}}",
    "3: adds r2, #4",
    "beq 5f",
    "4: ldrb r3, [r0], #1",
    "ldrb r4, [r1], #1",
    "subs r3, r4",
    "bne 6f",
    "subs r2, #1",
    "bne 4b",
    "5: movs r3, #0",
    "6: mov r0, r3",
    "pop {{r4, pc}}",
);

/// Divides two words by one that is larger than the first of them: quotient and remainder.
fn divide_two_words(high: u32, low: u32, by: u32) -> (u32, u32) {
    // by half words, each estimated from the divisor's upper half and put right at most twice; the shift
    // makes the divisor's highest bit one
    let shift = by.leading_zeros();
    let by = by << shift;
    let dividend = (u64::from(high) << 32 | u64::from(low)) << shift;
    let (mut rest, halves) = ((dividend >> 32) as u32, dividend as u32);
    let mut quotient = 0;
    for half in [halves >> 16, halves & 0xffff] {
        // not zero: the divisor's highest bit is one
        let mut digit = rest.checked_div(by >> 16).unwrap_or(0);
        let mut left = rest - digit * (by >> 16);
        while digit > 0xffff || digit * (by & 0xffff) > (left << 16 | half) {
            digit -= 1;
            left += by >> 16;
            if left > 0xffff {
                break;
            }
        }
        rest = (rest << 16 | half).wrapping_sub(digit.wrapping_mul(by));
        quotient = quotient << 16 | digit;
    }
    (quotient, rest >> shift)
}

/// Divides; nothing sensible comes of a division by zero, which compiled code never asks for.
fn divide(value: u64, by: u64) -> (u64, u64) {
    if by > value {
        return (0, value);
    }
    let (high, low) = ((value >> 32) as u32, value as u32);
    if by >> 32 == 0 {
        let by = by as u32;
        let first = high.checked_div(by).unwrap_or(0);
        let (second, rest) = if high == 0 {
            (low.checked_div(by).unwrap_or(0), low.checked_rem(by).unwrap_or(0))
        } else {
            divide_two_words(high - first * by, low, by)
        };
        return (u64::from(first) << 32 | u64::from(second), u64::from(rest));
    }
    // the quotient has one word: that of the upper words, which is too large by one at most
    let shift = ((by >> 32) as u32).leading_zeros();
    let upper = (by << shift >> 32) as u32;
    let half = value >> 1;
    let (estimate, _) = divide_two_words((half >> 32) as u32, half as u32, upper);
    let mut quotient = u64::from(estimate) << shift >> 31;
    quotient = quotient.saturating_sub(1);
    let mut rest = value - quotient * by;
    if rest >= by {
        quotient += 1;
        rest -= by;
    }
    (quotient, rest)
}

/// Divides without sign, as the compiler's `__aeabi_uldivmod` asks for.
///
/// # Safety
/// The remainder can be written there, unless the address is null.
#[unsafe(no_mangle)]
unsafe extern "C" fn __udivmoddi4(value: u64, by: u64, remainder: *mut u64) -> u64 {
    let (quotient, rest) = divide(value, by);
    // SAFETY: the caller gives null, of which `as_mut` makes nothing, or the address of a number of its own that it
    // does not look at before this returns.
    if let Some(remainder) = unsafe { remainder.as_mut() } {
        *remainder = rest;
    }
    quotient
}

/// Divides with sign, as the compiler's `__aeabi_ldivmod` asks for.
///
/// # Safety
/// The remainder can be written there.
#[unsafe(no_mangle)]
unsafe extern "C" fn __divmoddi4(value: i64, by: i64, remainder: *mut i64) -> i64 {
    let (quotient, rest) = divide(value.unsigned_abs(), by.unsigned_abs());
    let signed = |number: u64, negative| {
        let number = number as i64;
        if negative { number.wrapping_neg() } else { number }
    };
    // SAFETY: the compiler's calls give the address of 8 aligned bytes in the caller's frame for the remainder.
    unsafe { remainder.write(signed(rest, value < 0)) };
    signed(quotient, (value < 0) != (by < 0))
}
