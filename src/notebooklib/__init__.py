"""The code behind *AI Basic Notes*: one idea a module, each named in the chapter that builds it."""

__version__ = "0.1.0"
