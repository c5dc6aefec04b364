//! Cross compiler: Python source to .mpy files.
