interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/**
 * Processor time of each task of the page's main thread, in milliseconds: what a task waits for while the machine does
 * other work is not its own.
 */
export function mainThreadTasks({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): number[] {
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
  const isMain = (event: TraceEvent) => threads.some(({ pid, tid }) => pid === event.pid && tid === event.tid)
  return traceEvents
    .filter((event) => /RunTask$/.test(event.name) && event.ph === 'X' && isMain(event))
    .map(({ tdur = 0 }) => tdur / 1000)
}
