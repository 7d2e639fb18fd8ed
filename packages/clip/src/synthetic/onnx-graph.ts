import { open } from 'node:fs/promises'
import { type Bytes, bytes, float, integer, message, string } from './protobuf.ts'

/** An attribute of a node: a float (`{ f }`), an integer or integers. */
export type Attribute = number | readonly number[] | { readonly f: number }

/** A size of an input or output: a number, or the name of one that may vary. */
export type Size = number | string

type ElementType = 'float32' | 'int64'

/** Numbers of ONNX's `TensorProto.DataType`. */
const DATA_TYPE: Readonly<Record<ElementType, number>> = { float32: 1, int64: 7 }
/** Opset 17 is the first with LayerNormalization; IR version 8 is the one that came with it. */
const OPSET = 17
const IR_VERSION = 8

/** Builds an ONNX graph node by node; field numbers are those of onnx.proto. */
export class OnnxGraph {
  readonly #name: string
  readonly #nodes: Bytes[] = []
  readonly #initializers: Bytes[] = []
  readonly #inputs: Bytes[] = []
  readonly #outputs: Bytes[] = []
  #next = 0

  constructor(name: string) {
    this.#name = name
  }

  input(name: string, type: ElementType, shape: readonly Size[]): string {
    this.#inputs.push(valueInfo(11, name, type, shape))
    return name
  }

  output(name: string, shape: readonly Size[]): void {
    this.#outputs.push(valueInfo(12, name, 'float32', shape))
  }

  /** A constant; returns its name. */
  constant(values: Float32Array | BigInt64Array, shape: readonly number[]): string {
    const name = this.#fresh()
    const type = values instanceof Float32Array ? 'float32' : 'int64'
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const dims = shape.map((size) => integer(1, size))
    this.#initializers.push(message(5, ...dims, integer(2, DATA_TYPE[type]), string(8, name), bytes(9, raw)))
    return name
  }

  /** A constant list of integers. */
  integers(...values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length])
  }

  /** A constant scalar. */
  scalar(value: number): string {
    return this.constant(Float32Array.of(value), [])
  }

  /** Adds a node with one output; returns the output's name, `output` where given. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output?: string,
  ): string {
    const name = output ?? this.#fresh()
    const fields = Object.entries(attributes).map(([key, value]) => attribute(key, value))
    this.#nodes.push(
      message(1, ...inputs.map((input) => string(1, input)), string(2, name), string(4, type), ...fields),
    )
    return name
  }

  /** Writes the model file. */
  async save(path: string): Promise<void> {
    const graph = message(
      7,
      ...this.#nodes,
      string(2, this.#name),
      ...this.#initializers,
      ...this.#inputs,
      ...this.#outputs,
    )
    const opset = message(8, string(1, ''), integer(2, OPSET))
    const pieces = [...integer(1, IR_VERSION), ...string(2, 'promptloom'), ...graph, ...opset]
    const file = await open(path, 'w')
    try {
      for (let at = 0; at < pieces.length; at += 512) await file.writev(pieces.slice(at, at + 512))
    } finally {
      await file.close()
    }
  }

  #fresh(): string {
    return `v${this.#next++}`
  }
}

function valueInfo(field: number, name: string, type: ElementType, shape: readonly Size[]): Bytes {
  const dims = shape.map((size) => message(1, typeof size === 'number' ? integer(1, size) : string(2, size)))
  const tensor = message(1, integer(1, DATA_TYPE[type]), message(2, ...dims))
  return message(field, string(1, name), message(2, tensor))
}

function attribute(name: string, value: Attribute): Bytes {
  if (typeof value === 'number') return message(5, string(1, name), integer(3, value), integer(20, 2))
  if ('f' in value) return message(5, string(1, name), float(2, value.f), integer(20, 1))
  return message(5, string(1, name), ...value.map((one) => integer(8, one)), integer(20, 7))
}
