import type { ParamSpec, Params } from './workload.ts';

/** Parameters of connections and of what protects them. */
export const TRANSPORT_PARAMS = {
  connectionRequests: {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 1e6,
    unit: 'requests',
    doc: 'Requests on a connection before the server ends it: 0 keep-alive, all open before the run begins; 1 one-shot; nginx ends at 1000 by default (keepalive_requests)',
  },
  tls: {
    kind: 'boolean',
    default: false,
    unit: 'none',
    doc: 'TLS 1.3 in user space: records for all payload, and a handshake on each connection that a client opens',
  },
  tlsByteInstructions: {
    kind: 'number',
    default: 2,
    min: 0,
    max: 100,
    unit: 'instructions/byte',
    doc: 'AES-128-GCM with AES-NI: assumed from ten AESENC and some twenty others a block of 16 bytes; Drucker, Gueron and Krasnov (2018) measure 0.64 cycles a byte on Skylake',
  },
  tlsRecordInstructions: {
    kind: 'integer',
    default: 1500,
    min: 0,
    max: 1e6,
    unit: 'instructions/record',
    doc: 'A record beside its bytes: header, nonce, tag, the layers of the library; assumed',
  },
  tlsHandshakeInstructions: {
    kind: 'integer',
    default: 500_000,
    min: 0,
    max: 1e8,
    unit: 'instructions/handshake',
    doc: 'A full handshake: X25519 and an ECDSA P-256 signature take some 200 000 cycles with OpenSSL, key schedule and messages as much again; assumed',
  },
} as const satisfies Record<string, ParamSpec>;

/** Most plaintext of a record, and what a record adds: header 5, type 1, tag 16 bytes. Source: RFC 8446, section 5. */
const RECORD_BYTES = 16_384;
const RECORD_OVERHEAD = 22;
/** Handshake messages in bytes: ClientHello, the server's flight with a chain of two ECDSA certificates, the client's Finished. Assumed, for TLS 1.3. */
const HELLO_BYTES = 517;
const FLIGHT_BYTES = 2200;
const FINISHED_BYTES = 74;

/** How requests travel: on which connections, and how protected. Clients and servers share it. */
export class Transport {
  /** Requests on a connection before the server ends it; 0: never. */
  readonly perConnection: number;
  readonly isSecure: boolean;
  readonly handshakeInstructions: number;
  readonly helloBytes = HELLO_BYTES;
  readonly flightBytes = FLIGHT_BYTES;
  readonly finishedBytes = FINISHED_BYTES;
  readonly #perByte: number;
  readonly #perRecord: number;

  /** From the parameters of TRANSPORT_PARAMS; what is absent is off. */
  constructor(params: Params) {
    this.perConnection = Number(params['connectionRequests'] ?? 0);
    this.isSecure = params['tls'] === true;
    this.handshakeInstructions = Number(params['tlsHandshakeInstructions'] ?? 0);
    this.#perByte = Number(params['tlsByteInstructions'] ?? 0);
    this.#perRecord = Number(params['tlsRecordInstructions'] ?? 0);
  }

  /** Whether connections are open before the run begins and stay so. */
  get isKeptAlive(): boolean {
    return this.perConnection === 0;
  }

  /** Bytes on the wire of so many bytes of payload. */
  sealed(bytes: number): number {
    return this.isSecure ? bytes + recordsOf(bytes) * RECORD_OVERHEAD : bytes;
  }

  /** Instructions to seal or to open so many bytes of payload. */
  cryptInstructions(bytes: number): number {
    return this.isSecure ? Math.round(bytes * this.#perByte + recordsOf(bytes) * this.#perRecord) : 0;
  }
}

function recordsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / RECORD_BYTES));
}
