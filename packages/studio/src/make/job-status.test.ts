// @vitest-environment happy-dom
import { h, render } from 'preact'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Job } from '../api/job.ts'
import { JobStatus } from './job-status.tsx'

let root: HTMLElement
beforeEach(() => {
  root = document.body.appendChild(document.createElement('div'))
})
afterEach(() => {
  render(null, root)
  root.remove()
})

const job = (more: Partial<Job>): Job => ({
  ...{ id: 'j', kind: 'paint', state: 'running', created: '2026-11-24T10:00:00.000Z', ended: null, request: {} },
  ...{ maker: null, progress: { fraction: 0.25, state: 'step 5 of 20' }, neighbours: [], variants: [], pictures: [] },
  ...{ kept: [], searchable: false, error: null },
  ...more,
})
const show = (more: Partial<Job>) => {
  render(h(JobStatus, { job: job(more), onAgain: () => undefined }), root)
  return root
}
const bar = () => root.querySelector('progress')
const button = () => root.querySelector('button')?.textContent

describe('how far a job is', () => {
  it('is told as a bar with a name, in words, and in hundredths', () => {
    show({})
    expect([bar()?.getAttribute('aria-label'), Number(bar()?.getAttribute('value'))]).toEqual(['Painting', 0.25])
    expect(root.querySelector('[role=status]')?.textContent).toBe('step 5 of 20 · 25 %')
    expect(button()).toBe('Cancel')
  })

  it('is a bar without an end where nobody knows', () => {
    show({ kind: 'refine', progress: { fraction: null, state: 'asking' } })
    expect(bar()?.hasAttribute('value')).toBe(false)
    expect(bar()?.getAttribute('aria-label')).toBe('Improving')
    expect(root.querySelector('[role=status]')?.textContent).toBe('asking')
  })

  it('is nothing yet, which is not the same', () => {
    show({ progress: { fraction: 0, state: '' } })
    expect(bar()?.hasAttribute('value')).toBe(true)
    expect(root.querySelector('[role=status]')?.textContent).toBe('waiting · 0 %')
  })

  it('can be stopped while it waits', () => {
    show({ state: 'queued', progress: { fraction: null, state: 'waiting' } })
    expect(button()).toBe('Cancel')
  })
})

describe('a job that has ended', () => {
  it('has nothing to say once all is done', () => {
    expect(show({ state: 'done' }).textContent).toBe('')
  })

  it('says why it failed, as text, and can be tried again', () => {
    show({ state: 'failed', error: { code: 'x', message: 'No <b>painter</b> answers.' } })
    expect(root.querySelector('[role=alert]')?.textContent).toContain('No <b>painter</b> answers.')
    expect(root.querySelector('b')).toBeNull()
    expect(button()).toBe('Try again')
  })

  it('says the last that was heard where no reason is known', () => {
    expect(show({ state: 'failed' }).textContent).toContain('step 5 of 20')
  })

  it('that was cancelled says what stays, and can go on', () => {
    show({ state: 'cancelled', error: null })
    expect(root.querySelector('[role=alert]')?.textContent).toContain('What was finished stays.')
    expect(button()).toBe('Go on')
  })
})
