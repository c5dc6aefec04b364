what = "a file"
