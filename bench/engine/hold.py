"""The hold model as processes of SimPy: hold.py TABLES CANCEL N EVENTS.

TABLES holds 65536 doubles and 65536 int32; CANCEL is 1 for the variant that cancels. Prints one line of JSON, a Measured of harness.ts.
"""

import array
import json
import sys
import time

import simpy

TABLE = 65536
CHECKED = 100000


class Stop(Exception):
    """Ends a stretch."""


class Hold:
    def __init__(self, increments, victims, cancels, n):
        self.env = simpy.Environment()
        self.increments = increments
        self.victims = victims
        self.next = 0
        self.delivered = 0
        self.checksum = 0
        self.stop = None
        self.stopped = 0
        holder = self.replacing if cancels else self.holder
        self.processes = [self.env.process(holder(id)) for id in range(n)]

    def timeout(self):
        delay = self.increments[self.next & (TABLE - 1)]
        self.next += 1
        return self.env.timeout(delay)

    def deliver(self, id):
        self.checksum = (self.checksum * 31 + id) & 0xFFFFFFFF
        self.delivered += 1
        if self.delivered == self.stop:
            self.stopped = self.checksum  # events of the same time come before the end
            self.env.event().succeed().callbacks.append(self.end)

    def holder(self, id):
        pending = self.timeout()
        while True:
            yield pending
            pending = self.timeout()
            self.deliver(id)

    def replacing(self, id):
        pending = self.timeout()
        while True:
            try:
                yield pending
            except simpy.Interrupt:  # SimPy's way to cancel: the timeout stays in its heap, without a process
                pending = self.timeout()
                continue
            pending = self.timeout()
            victim = self.victims[self.delivered & (TABLE - 1)]
            if victim == id:  # no process may interrupt itself
                pending = self.timeout()
            elif victim >= 0:
                self.processes[victim].interrupt()
            self.deliver(id)

    def stretch(self, events):
        self.stop = self.delivered + events
        try:
            self.env.run()
        except Stop:
            pass

    def end(self, _event):
        raise Stop


def main(tables, cancels, n, events):
    increments, victims = array.array("d"), array.array("i")
    with open(tables, "rb") as file:
        increments.fromfile(file, TABLE)
        victims.fromfile(file, TABLE)
    hold = Hold(increments.tolist(), victims.tolist(), cancels == "1", int(n))
    hold.stretch(CHECKED)
    checksum = hold.stopped - (1 << 32) * (hold.stopped >> 31)
    hold.stretch(int(events) // 2)
    begin = time.process_time()
    hold.stretch(int(events))
    seconds = time.process_time() - begin
    print(json.dumps({"events": int(events), "cpuSeconds": seconds, "outcome": str(checksum)}))


main(*sys.argv[1:])
