"""Which URL is due: tasks in, the next due task out; read ``memory.py`` first.

A frontier is a synchronous state machine: the time is passed in and nothing here waits.
"""

from skitter.frontier.memory import MemoryFrontier, Task, Wait, host_key

__all__ = ["MemoryFrontier", "Task", "Wait", "host_key"]
