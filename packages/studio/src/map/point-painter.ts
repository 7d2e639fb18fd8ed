import { type Camera, pixelsOf, type Screen } from './map-camera.ts'
import type { Colouring } from './map-colours.ts'

/** What one frame of points shows. */
export interface PointFrame {
  readonly camera: Camera
  readonly screen: Screen
  /** CSS pixels of a point. */
  readonly size: number
  /** The legend's entry that alone stands out; undefined: all do. */
  readonly chosen: number | undefined
}

/** Draws the points of a map on a canvas. */
export interface PointPainter {
  setColours(colouring: Colouring): void
  draw(frame: PointFrame): void
  dispose(): void
}

interface Places {
  readonly x: Float32Array
  readonly y: Float32Array
}

/** A painter that lets the graphics card draw; where there is none, the processor does. */
export function createPointPainter(canvas: HTMLCanvasElement, places: Places): PointPainter {
  const gl = canvas.getContext('webgl2', { antialias: false, premultipliedAlpha: true })
  return gl ? webGlPainter(gl, canvas, places) : plainPainter(canvas, places)
}

/** Fits the canvas to the screen's real pixels. @returns real pixels of one CSS pixel */
function fit(canvas: HTMLCanvasElement, { width, height }: Screen): number {
  const scale = Math.min(2, window.devicePixelRatio || 1)
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high })
  return scale
}

const VERTEX = `#version 300 es
in vec2 place;
in float entry;
uniform vec2 middle;
uniform vec2 scale;
uniform float size;
uniform float chosen;
uniform sampler2D palette;
out vec4 colour;
void main() {
  bool dimmed = chosen >= 0.0 && abs(entry - chosen) > 0.5;
  gl_Position = vec4((place - middle) * scale, dimmed ? 0.5 : 0.0, 1.0);
  gl_PointSize = dimmed ? size * 0.7 : size;
  vec3 own = texelFetch(palette, ivec2(int(entry), 0), 0).rgb;
  colour = vec4(own, dimmed ? 0.12 : 0.85);
}`

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour;
out vec4 pixel;
void main() {
  float distance = length(gl_PointCoord - 0.5) * 2.0;
  float inside = 1.0 - smoothstep(0.8, 1.0, distance);
  float alpha = colour.a * inside;
  pixel = vec4(colour.rgb * alpha, alpha);
}`

function webGlPainter(gl: WebGL2RenderingContext, canvas: HTMLCanvasElement, { x, y }: Places): PointPainter {
  const program = linked(gl)
  const count = x.length
  gl.useProgram(program)
  const places = new Float32Array(count * 2)
  for (let at = 0; at < count; at++) places.set([x[at] as number, y[at] as number], at * 2)
  attribute(gl, program, { name: 'place', values: places, size: 2 })
  const uniform = (name: string) => gl.getUniformLocation(program, name)
  const [middle, scale, size, chosen] = ['middle', 'scale', 'size', 'chosen'].map(uniform)
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  return {
    setColours({ of, legend }) {
      attribute(gl, program, { name: 'entry', values: Float32Array.from(of), size: 1 })
      const colours = Uint8Array.from(legend.flatMap(({ colour }) => [...colour, 255]))
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, Math.max(1, legend.length), 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours)
    },
    draw(frame) {
      const real = fit(canvas, frame.screen)
      const pixels = pixelsOf(frame.camera, frame.screen)
      gl.viewport(0, 0, canvas.width, canvas.height)
      gl.clearColor(0, 0, 0, 0)
      gl.clear(gl.COLOR_BUFFER_BIT)
      gl.uniform2f(middle as WebGLUniformLocation, frame.camera.x, frame.camera.y)
      const { width, height } = frame.screen
      gl.uniform2f(scale as WebGLUniformLocation, (2 * pixels) / width, (2 * pixels) / height)
      gl.uniform1f(size as WebGLUniformLocation, frame.size * real)
      gl.uniform1f(chosen as WebGLUniformLocation, frame.chosen ?? -1)
      gl.drawArrays(gl.POINTS, 0, count)
    },
    dispose() {
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    },
  }
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type) as WebGLShader
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return program
}

interface Attribute {
  readonly name: string
  readonly values: Float32Array<ArrayBuffer>
  /** Values of a point. */
  readonly size: number
}

function attribute(gl: WebGL2RenderingContext, program: WebGLProgram, { name, values, size }: Attribute): void {
  const at = gl.getAttribLocation(program, name)
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer())
  gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW)
  gl.enableVertexAttribArray(at)
  gl.vertexAttribPointer(at, size, gl.FLOAT, false, 0, 0)
}

function plainPainter(canvas: HTMLCanvasElement, { x, y }: Places): PointPainter {
  const context = canvas.getContext('2d')
  let colours: Colouring = { of: new Uint16Array(x.length), legend: [] }
  /** Points by colour: changing the colour for each would take longer than drawing it. */
  let order = new Uint32Array(0)
  return {
    setColours(colouring) {
      colours = colouring
      order = Uint32Array.from(x.keys()).sort((a, b) => (colouring.of[a] as number) - (colouring.of[b] as number))
    },
    draw({ camera, screen, size, chosen }) {
      if (!context) return
      const real = fit(canvas, screen)
      const pixels = pixelsOf(camera, screen)
      context.setTransform(real, 0, 0, real, 0, 0)
      context.clearRect(0, 0, screen.width, screen.height)
      let last = -1
      for (const at of order) {
        const left = screen.width / 2 + ((x[at] as number) - camera.x) * pixels
        const top = screen.height / 2 - ((y[at] as number) - camera.y) * pixels
        if (left < -size || top < -size || left > screen.width + size || top > screen.height + size) continue
        const entry = colours.of[at] as number
        if (entry !== last) {
          const [red, green, blue] = colours.legend[entry]?.colour ?? [128, 128, 128]
          context.fillStyle = `rgb(${red} ${green} ${blue} / ${chosen === undefined || chosen === entry ? 0.85 : 0.12})`
          last = entry
        }
        context.fillRect(left - size / 2, top - size / 2, size, size)
      }
    },
    dispose() {},
  }
}
