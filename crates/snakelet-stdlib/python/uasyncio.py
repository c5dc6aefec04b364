from asyncio import *
from asyncio import __getattr__
