//! `io`.

use crate::native::{Constant, Contents, NativeModule};
use crate::qstr;
use crate::stream::{BUFFERED_WRITER, BYTES_IO, FILE_IO, IO_BASE, STRING_IO, TEXT_IO};

/// `io`.
pub static IO: NativeModule = NativeModule::new(
    qstr!("io"),
    &[Contents {
        functions: &[],
        constants: &[
            (qstr!("BufferedWriter"), Constant::Type(&BUFFERED_WRITER)),
            (qstr!("BytesIO"), Constant::Type(&BYTES_IO)),
            (qstr!("FileIO"), Constant::Type(&FILE_IO)),
            (qstr!("IOBase"), Constant::Type(&IO_BASE)),
            (qstr!("StringIO"), Constant::Type(&STRING_IO)),
            (qstr!("TextIOWrapper"), Constant::Type(&TEXT_IO)),
            (qstr!("open"), Constant::Function(&crate::builtins::system::OPEN)),
        ],
    }],
);
