import sys

sys.modules.setdefault("tries", []).append(1)
raise ValueError("while importing")
