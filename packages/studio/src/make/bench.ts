/** What lies on the workbench: the address says it, so that a reload finds it again. */
export interface Bench {
  /** The job that improves the prompt. */
  readonly refine: string | undefined
  /** The jobs that paint, the latest first. */
  readonly paints: readonly string[]
  /** A prompt to begin with. */
  readonly prompt: string | undefined
}

/** Paint jobs that an address names at most. */
const MOST_PAINTS = 8

/** The workbench that an address describes. */
export function benchOf(search: URLSearchParams): Bench {
  return {
    refine: search.get('refine') || undefined,
    paints: [...new Set(search.getAll('paint').filter(Boolean))].slice(0, MOST_PAINTS),
    prompt: search.get('prompt') || undefined,
  }
}

/** The address of a workbench. */
export function benchAddress({ refine, paints, prompt }: Partial<Bench>): string {
  const search = new URLSearchParams()
  if (prompt) search.set('prompt', prompt)
  if (refine) search.set('refine', refine)
  for (const paint of (paints ?? []).slice(0, MOST_PAINTS)) search.append('paint', paint)
  return search.size > 0 ? `/make?${search}` : '/make'
}
