import errno

print(errno.errorcode[errno.EOPNOTSUPP], errno.ENOTSUP == errno.EOPNOTSUPP)
print(errno.errorcode[errno.ENOENT], errno.errorcode[errno.EPIPE])
