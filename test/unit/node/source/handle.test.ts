import { describe, expect, it, vi } from 'vitest'
import { Events } from '../../../../src/node/source/handle.ts'

interface Known {
  ping: number
  error: Error
}

const { warned } = vi.hoisted(() => ({ warned: vi.fn() }))
vi.mock('node:process', async (original) => ({ ...(await original<object>()), emitWarning: warned }))

const make = (): Events<Known> => new Events<Known>(['ping', 'error'])

describe('events', () => {
  it('reach the listeners of their name, each as often as it was registered', () => {
    const events = make()
    const listener = vi.fn()
    const other = vi.fn()
    const end = events.on('ping', listener)
    events.on('ping', listener)
    events.on('error', other)
    events.emit('ping', 1)
    expect(listener.mock.calls).toEqual([[1], [1]])
    end()
    events.emit('ping', 2)
    expect(listener.mock.calls).toEqual([[1], [1], [2]])
    expect(other).not.toHaveBeenCalled()
    events.clear()
    events.emit('ping', 3)
    expect(listener).toHaveBeenCalledTimes(3)
  })

  it('nobody listens to are no problem, an error least of all', () => {
    expect(() => make().emit('error', new Error('nobody'))).not.toThrow()
  })

  it('reach the other listeners if one throws or rejects', async () => {
    const events = make()
    const last = vi.fn()
    events.on('ping', () => {
      throw new Error('first')
    })
    events.on('ping', async () => {
      throw new Error('second')
    })
    events.on('ping', () => Promise.reject('third'))
    events.on('ping', last)
    events.emit('ping', 1)
    expect(last).toHaveBeenCalledOnce()
    await new Promise(setImmediate)
    expect(warned.mock.calls.map(([text]) => String(text).split('\n')[0])).toEqual([
      'a listener of the truststore event "ping" failed: Error: first',
      'a listener of the truststore event "ping" failed: Error: second',
      'a listener of the truststore event "ping" failed: third',
    ])
  })

  it('do not reach listeners that another one removed meanwhile', () => {
    const events = make()
    const removed = vi.fn()
    events.on('ping', () => end())
    const end = events.on('ping', removed)
    events.emit('ping', 1)
    expect(removed).not.toHaveBeenCalled()
  })

  it('are known by name', () => {
    const wrong = new TypeError('unknown event pong: the events are ping, error')
    expect(() => make().on('pong' as 'ping', () => undefined)).toThrow(wrong)
    expect(() => make().on('ping', undefined as never)).toThrow(TypeError)
  })
})
