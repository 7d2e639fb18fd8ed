import { useCallback, useEffect, useState } from 'preact/hooks'
import type { MapState } from '../api/map.ts'
import type { MapPoints } from '../api/map-points.ts'
import { readMap, readMapPoints, renewMap } from '../api/maps.ts'
import { notifyFailure } from '../interface/notice.tsx'

/** Milliseconds between two looks at a map that is being made. */
const LOOK_MS = 1_500

/** The map as far as it is there. */
export interface LoadedMap {
  readonly state: MapState | undefined
  /** Of the map that `state` tells of, when it is ready. */
  readonly points: MapPoints | undefined
  readonly failure: string | undefined
  /** Asks again after a failure. */
  readonly retry: () => void
  /** Begins a new map of the pictures as they are now. */
  readonly renew: () => void
}

/** Reads the map, waits while it is made, and takes the next one when it is there. */
export function useMap(): LoadedMap {
  const [state, setState] = useState<MapState>()
  const [loaded, setLoaded] = useState<{ readonly fingerprint: string; readonly points: MapPoints }>()
  const [failure, setFailure] = useState<string>()
  const [turn, setTurn] = useState(0)
  const take = useCallback((next: Promise<MapState>) => {
    next.then(setState, (error: Error) => setFailure(error.message))
  }, [])
  useEffect(() => {
    setFailure(undefined)
    take(readMap())
  }, [take, turn])
  const busy = state?.state === 'working' || (state?.state === 'ready' && state.updating !== null)
  useEffect(() => {
    if (!busy) return
    const timer = setTimeout(() => take(readMap()), LOOK_MS)
    return () => clearTimeout(timer)
  }, [busy, state, take])
  const fingerprint = state?.state === 'ready' ? state.fingerprint : undefined
  useEffect(() => {
    if (fingerprint === undefined) return
    let gone = false
    const put = (points: MapPoints) => {
      if (!gone) setLoaded({ fingerprint, points })
    }
    readMapPoints(fingerprint).then(put, (error: Error) => setFailure(error.message))
    return () => {
      gone = true
    }
  }, [fingerprint, turn])
  const renew = useCallback(() => {
    renewMap().then(setState, notifyFailure)
  }, [])
  const retry = useCallback(() => setTurn((last) => last + 1), [])
  return { state, points: loaded?.fingerprint === fingerprint ? loaded?.points : undefined, failure, retry, renew }
}
