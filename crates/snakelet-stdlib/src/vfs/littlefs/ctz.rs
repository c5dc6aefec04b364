//! Chains of blocks, as files have them: block `i` begins with the numbers of blocks `i - 1`, `i - 2`, `i - 4` and so on, as often as two
//! divides `i`.

use super::{Failed, Flash, LittleFs};
use crate::vfs::bytes::le32;
use crate::vfs::device::Fault;

impl LittleFs {
    /// The number of the block with byte `at` of a file, and the place in that.
    pub(super) fn chain_index(&self, at: u32) -> (u32, u32) {
        let step = self.block_size - 8;
        let guess = at.checked_div(step).unwrap_or(0);
        if guess == 0 {
            return (0, at);
        }
        let before = 4 * ((guess - 1).count_ones() + 2);
        let index = at.saturating_sub(before).checked_div(step).unwrap_or(0);
        let inside = at.wrapping_sub(step.wrapping_mul(index)).wrapping_sub(4 * index.count_ones());
        (index, inside)
    }

    /// A number at the beginning of a block.
    pub(super) fn pointer<D: Flash>(
        &self,
        disk: &mut D,
        block: u32,
        i: u32,
    ) -> Result<u32, Failed<D>> {
        if block >= self.blocks || 4 * i + 4 > self.block_size {
            return Err(Fault::CORRUPT);
        }
        disk.charge(1)?;
        let mut raw = [0; 4];
        disk.read(block, 4 * i, &mut raw)?;
        Ok(le32(&raw, 0))
    }

    /// The block with byte `at` of a file whose last block and size these are, and the place in it.
    pub(super) fn chain_find<D: Flash>(
        &self,
        disk: &mut D,
        (head, size): (u32, u32),
        at: u32,
    ) -> Result<(u32, u32), Failed<D>> {
        let (mut index, _) = self.chain_index(size.saturating_sub(1));
        let (wanted, inside) = self.chain_index(at);
        let mut block = head;
        while index > wanted {
            let far = (index - wanted).ilog2().min(index.trailing_zeros());
            block = self.pointer(disk, block, far)?;
            index -= 1 << far;
        }
        if block < self.blocks && inside < self.block_size {
            Ok((block, inside))
        } else {
            Err(Fault::CORRUPT)
        }
    }

    /// Calls `each` with the blocks of a file, the last one first, until it gives false.
    pub(super) fn each_in_chain<D: Flash>(
        &self,
        disk: &mut D,
        head: u32,
        size: u32,
        mut each: impl FnMut(&mut D, u32) -> Result<bool, Failed<D>>,
    ) -> Result<(), Failed<D>> {
        if size == 0 {
            return Ok(());
        }
        let (mut index, _) = self.chain_index(size - 1);
        let mut block = head;
        while each(disk, block)? && index > 0 {
            block = self.pointer(disk, block, 0)?;
            index -= 1;
        }
        Ok(())
    }
}
