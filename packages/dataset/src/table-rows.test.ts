import { describe, expect, it } from 'vitest'
import { emptyPictureRow, PICTURE_SCHEMA, type PictureRow } from './picture-table.ts'
import { columnsFromRows, rowsFromColumns } from './table-rows.ts'

const row: PictureRow = {
  ...emptyPictureRow('a', 'ok'),
  ...{ status: 200, sha256: 'ff'.repeat(32), format: 'jpeg', width: 4_294_967_295, orientation: 8, alpha: true },
  ...{ offset: 2 ** 40 + 1, length: 4_000_000_000, space: 'srgb' },
}

describe('rows as columns', () => {
  it('come back as they were, in their order', () => {
    const rows = [row, emptyPictureRow('b', 'http_404'), { ...row, id: 'c', alpha: false }, emptyPictureRow('', '')]
    const columns = columnsFromRows(PICTURE_SCHEMA, rows)
    expect(rowsFromColumns(PICTURE_SCHEMA, columns, rows.length)).toEqual(rows)
  })

  it('have the array that each column is stored as', () => {
    const { width, orientation, offset, id } = columnsFromRows(PICTURE_SCHEMA, [row])
    expect(width).toEqual(Uint32Array.of(4_294_967_295))
    expect(orientation).toEqual(Uint8Array.of(8))
    expect(offset).toEqual(Float64Array.of(2 ** 40 + 1))
    expect(id).toEqual(['a'])
  })

  it('are columns without values where there are none, numbers in typed arrays still', () => {
    const columns = columnsFromRows(PICTURE_SCHEMA, [])
    expect(Object.keys(columns)).toEqual(Object.keys(PICTURE_SCHEMA))
    expect([columns.id, columns.width, columns.offset]).toEqual([[], new Uint32Array(), new Float64Array()])
    expect(rowsFromColumns(PICTURE_SCHEMA, columns, 0)).toEqual([])
  })

  it('do not depend on the order of keys in a row, and drop what the schema does not name', () => {
    const schema = { id: 'string', width: 'uint32' } as const
    const mixed = [{ width: 2, secret: 'x', id: 'a' }]
    expect(Object.entries(columnsFromRows(schema, mixed))).toEqual([
      ['id', ['a']],
      ['width', Uint32Array.of(2)],
    ])
  })

  it.each([-1, 2 ** 32, 1.5, Number.NaN, undefined])(
    'are refused for the number %s, which no uint32 holds',
    (width) => {
      const attempt = () => columnsFromRows({ width: 'uint32' }, [{ width: 7 }, { width: width as number }])
      expect(attempt).toThrow(`Row 1 has width ${width}, which a column of uint32 cannot hold`)
      expect(attempt).toThrow(expect.objectContaining({ kind: 'bad_columns', exitCode: 1 }))
    },
  )

  it('are refused for a number above 255 in a column of bytes, and kept at 255', () => {
    const orientation = (value: number) => columnsFromRows({ orientation: 'uint8' }, [{ orientation: value }])
    expect(() => orientation(256)).toThrow('it takes whole numbers from 0 to 255')
    expect(orientation(255)).toEqual({ orientation: Uint8Array.of(255) })
  })

  it('keep lists apart, empty ones too', () => {
    const rows = [{ parents: [] }, { parents: ['a', ''] }, { parents: [] }]
    expect(rowsFromColumns({ parents: 'strings' }, columnsFromRows({ parents: 'strings' }, rows), 3)).toEqual(rows)
  })
})

describe('a row of a picture of which nothing is known', () => {
  it('has a value for every column, and none that could pass for a finding', () => {
    const { id, outcome, ...rest } = emptyPictureRow('a', 'http_404')
    expect([id, outcome]).toEqual(['a', 'http_404'])
    expect(Object.keys(emptyPictureRow('a', 'ok')).sort()).toEqual(Object.keys(PICTURE_SCHEMA).sort())
    expect(Object.values(rest).filter(Boolean)).toEqual([])
  })
})
