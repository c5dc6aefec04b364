import sys

kept = sys.stdin
sys.stdin = "typed"
print(sys.stdin)
sys.stdin = kept
print(sys.stdin is kept)
