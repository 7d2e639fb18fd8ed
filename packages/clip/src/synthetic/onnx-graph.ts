import { open } from 'node:fs/promises'
import { narrow } from '../float16.ts'
import { type Bytes, bytes, float, integer, message, string } from './protobuf.ts'

/** An attribute of a node: a float (`{ f }`), an integer or integers. */
export type Attribute = number | readonly number[] | { readonly f: number }

/** A size of an input or output: a number, or the name of one that may vary. */
export type Size = number | string

/** The width of all floating-point numbers in a graph. */
export type FloatType = 'float32' | 'float16'

type ElementType = FloatType | 'int64' | 'uint8' | 'int8'

/** Values of a constant; floating-point ones are written in the graph's own width. */
export type Values = Float32Array | BigInt64Array | Uint8Array | Int8Array

/** Where a node's result goes and whose operator it is; default: a fresh name, ONNX's own. */
export interface NodePlace {
  readonly output?: string | undefined
  readonly domain?: string
}

/** Numbers of ONNX's `TensorProto.DataType`. */
const DATA_TYPE: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int8: 3, int64: 7, float16: 10 }
/** Opset 17 is the first with LayerNormalization; IR version 8 is the one that came with it. */
const OPSETS = { '': 17, 'com.microsoft': 1 } as const
const IR_VERSION = 8

/** Builds an ONNX graph node by node; field numbers are those of onnx.proto. */
export class OnnxGraph {
  readonly #name: string
  readonly #float: FloatType
  readonly #nodes: Bytes[] = []
  readonly #initializers: Bytes[] = []
  readonly #inputs: Bytes[] = []
  readonly #outputs: Bytes[] = []
  #next = 0

  /** `float` is the width of its floating-point inputs, constants and outputs; default float32. */
  constructor(name: string, float: FloatType = 'float32') {
    this.#name = name
    this.#float = float
  }

  input(name: string, type: 'float' | 'int64', shape: readonly Size[]): string {
    this.#inputs.push(valueInfo(11, name, { type: type === 'float' ? this.#float : type, shape }))
    return name
  }

  output(name: string, shape: readonly Size[]): void {
    this.#outputs.push(valueInfo(12, name, { type: this.#float, shape }))
  }

  /** A constant; returns its name. */
  constant(values: Values, shape: readonly number[]): string {
    const name = this.#fresh()
    const { type, stored } = this.#element(values)
    const raw = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
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

  /** Adds a node with one output; returns the output's name, which may be given. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    place: string | NodePlace | undefined = {},
  ): string {
    const { output, domain = '' } = typeof place === 'string' ? { output: place } : place
    const name = output ?? this.#fresh()
    const fields = Object.entries(attributes).map(([key, value]) => attribute(key, value))
    this.#add(type, { inputs, outputs: [name] }, [...fields, string(7, domain)])
    return name
  }

  /** Adds a node with several outputs; returns their names. */
  nodes(type: string, inputs: readonly string[], count: number): string[] {
    const outputs = Array.from({ length: count }, () => this.#fresh())
    this.#add(type, { inputs, outputs }, [])
    return outputs
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
    const opsets = Object.entries(OPSETS).flatMap(([domain, version]) =>
      message(8, string(1, domain), integer(2, version)),
    )
    const pieces = [...integer(1, IR_VERSION), ...string(2, 'promptloom'), ...graph, ...opsets]
    const file = await open(path, 'w')
    try {
      for (let at = 0; at < pieces.length; at += 512) await file.writev(pieces.slice(at, at + 512))
    } finally {
      await file.close()
    }
  }

  #add(
    type: string,
    { inputs, outputs }: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
    fields: readonly Bytes[],
  ): void {
    const named = [...inputs.map((input) => string(1, input)), ...outputs.map((output) => string(2, output))]
    this.#nodes.push(message(1, ...named, string(4, type), ...fields))
  }

  #element(values: Values): { readonly type: ElementType; readonly stored: Values | Uint16Array } {
    if (values instanceof BigInt64Array) return { type: 'int64', stored: values }
    if (values instanceof Uint8Array) return { type: 'uint8', stored: values }
    if (values instanceof Int8Array) return { type: 'int8', stored: values }
    return { type: this.#float, stored: this.#float === 'float16' ? narrow(values) : values }
  }

  #fresh(): string {
    return `v${this.#next++}`
  }
}

function valueInfo(
  field: number,
  name: string,
  { type, shape }: { readonly type: ElementType; readonly shape: readonly Size[] },
): Bytes {
  const dims = shape.map((size) => message(1, typeof size === 'number' ? integer(1, size) : string(2, size)))
  const tensor = message(1, integer(1, DATA_TYPE[type]), message(2, ...dims))
  return message(field, string(1, name), message(2, tensor))
}

function attribute(name: string, value: Attribute): Bytes {
  if (typeof value === 'number') return message(5, string(1, name), integer(3, value), integer(20, 2))
  if ('f' in value) return message(5, string(1, name), float(2, value.f), integer(20, 1))
  return message(5, string(1, name), ...value.map((one) => integer(8, one)), integer(20, 7))
}
