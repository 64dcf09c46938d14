import { SimulationBug } from '../sim/errors.ts';
import type { Bytes } from '../sim/units.ts';

/** An event argument carries connection and bytes: connections below 2^11, messages below 2^20 bytes. */
const CONNECTION_BITS = 11;
const CONNECTION_MASK = (1 << CONNECTION_BITS) - 1;
/** Messages are smaller than this, in bytes. */
export const MAX_MESSAGE = 1 << 20;
/** Added to a message in a ring: it acknowledges without payload, comes after one that was lost, or is what was lost. */
export const Mark = { Acknowledgement: 0x8000_0000, BehindGap: 0x1_0000_0000, Repair: 0x2_0000_0000 } as const;

/** A message as a number. */
export function pack(connection: number, bytes: Bytes): number {
  checkSize(connection, bytes);
  return connection + (bytes << CONNECTION_BITS);
}

/** Throws for a message that no number holds. */
export function checkSize(connection: number, bytes: Bytes): void {
  if (connection > CONNECTION_MASK || bytes >= MAX_MESSAGE)
    throw new SimulationBug(`message of ${bytes} bytes on connection ${connection}: too large for an event`, {
      component: 'nic',
    });
}

/** Whether a message acknowledges and nothing else. */
export function isAcknowledgement(message: number): boolean {
  return message >= Mark.Acknowledgement && message < Mark.BehindGap;
}

/** Whether bytes before those of the message are missing, so that they must wait. */
export function isBehindGap(message: number): boolean {
  return message >= Mark.BehindGap && message < Mark.Repair;
}

/** Whether a message is what was missing. */
export function isRepair(message: number): boolean {
  return message >= Mark.Repair;
}

/** Connection of a message. */
export function connectionOf(message: number): number {
  return message & CONNECTION_MASK;
}

/** Size of a message in bytes. */
export function bytesOf(message: number): Bytes {
  return isAcknowledgement(message) ? 0 : message >> CONNECTION_BITS;
}
