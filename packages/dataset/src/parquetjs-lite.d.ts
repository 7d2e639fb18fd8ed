/** The part of parquetjs-lite 0.8 that is used here; the package has no types of its own. */
declare module 'parquetjs-lite' {
  import type { Writable } from 'node:stream'

  export type Row = Record<string, unknown>

  export class ParquetSchema {
    constructor(fields: Record<string, { type: string; compression?: string }>)
  }

  export class ParquetWriter {
    static openStream(
      schema: ParquetSchema,
      stream: Writable,
      options: { pageIndex: boolean; useDataPageV2: boolean; rowGroupSize?: number },
    ): Promise<ParquetWriter>
    appendRow(row: Row): Promise<void>
    close(): Promise<void>
  }

  export class ParquetReader {
    static openBuffer(buffer: Buffer): Promise<ParquetReader>
    getCursor(): { next(): Promise<Row | null> }
    close(): Promise<void>
  }

  const parquetjs: {
    readonly ParquetSchema: typeof ParquetSchema
    readonly ParquetWriter: typeof ParquetWriter
    readonly ParquetReader: typeof ParquetReader
  }
  export default parquetjs
}
