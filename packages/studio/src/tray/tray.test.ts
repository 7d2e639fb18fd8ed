// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest'
import { emptyTray, MOST_PICKED, type Picked, pickedIds, putBack, togglePicked, tray } from './tray.ts'

const row = (id: string): Picked => ({ id, prompt: `prompt ${id}`, hasPicture: true, width: 512, height: 512 })
const ids = () => tray.value.map(({ id }) => id)

beforeEach(emptyTray)

describe('the tray', () => {
  it('holds what was picked in order, and loses what is picked again', () => {
    togglePicked(row('a'))
    togglePicked(row('b'))
    expect(ids()).toEqual(['a', 'b'])
    expect(pickedIds.value.has('b')).toBe(true)
    togglePicked(row('a'))
    expect(ids()).toEqual(['b'])
  })

  it('holds of a row what it shows, and no more', () => {
    togglePicked({ ...row('a'), score: 3, why: [] } as Picked)
    expect(tray.value).toEqual([row('a')])
  })

  it('puts back and empties', () => {
    for (const id of ['a', 'b', 'c']) togglePicked(row(id))
    putBack('b')
    putBack('unknown')
    expect(ids()).toEqual(['a', 'c'])
    emptyTray()
    expect(ids()).toEqual([])
  })

  it('holds as many as a refiner reads, the latest', () => {
    for (let index = 0; index < MOST_PICKED + 3; index++) togglePicked(row(String(index)))
    expect(ids()).toHaveLength(MOST_PICKED)
    expect(ids()[0]).toBe('3')
  })

  it('stays in the browser', () => {
    togglePicked(row('a'))
    expect(JSON.parse(localStorage.getItem('promptloom.tray') ?? '')).toEqual([row('a')])
  })
})
