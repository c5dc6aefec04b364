//! The map as text.

use std::io::{self, Write};

use crate::map::Map;
use crate::units::{grouped, human};

/// Prints each memory, its parts, and what lies in them.
pub(crate) fn print(map: &Map, out: &mut dyn Write) -> io::Result<()> {
    for bank in &map.banks {
        let (end, size) = (bank.start + bank.size, grouped(bank.size));
        writeln!(
            out,
            "\n{:#010x}..{end:#010x} {size:>12}  {} ({})",
            bank.start,
            bank.name,
            human(bank.size)
        )?;
        for part in &bank.parts {
            let (start, size) = (part.start, grouped(part.size));
            write!(out, "  {start:#010x} {size:>22}  {}", part.name)?;
            if !part.detail.is_empty() {
                write!(out, " ({})", part.detail)?;
            }
            writeln!(out)?;
            // a part with one use is named after it
            if part.items.iter().any(|item| item.owner != part.name) {
                for item in &part.items {
                    let size = grouped(item.size);
                    writeln!(out, "    {:#010x} {size:>20}    {}", item.start, item.owner)?;
                }
            }
        }
        let parts: Vec<String> = bank.parts.iter().map(|part| grouped(part.size)).collect();
        if parts.len() > 1 {
            writeln!(out, "  sum: {} = {}", parts.join(" + "), grouped(bank.size))?;
        }
    }
    Ok(())
}
