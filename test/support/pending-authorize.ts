/** An `authorize` whose promises the test settles. */
export function pendingAuthorize(): {
  readonly authorize: () => Promise<boolean>
  readonly answer: (value: boolean) => void
  asked: number
} {
  const resolvers: ((value: boolean) => void)[] = []
  const scene = {
    asked: 0,
    authorize: () => {
      scene.asked++
      return new Promise<boolean>((resolve) => resolvers.push(resolve))
    },
    answer: (value: boolean) => {
      for (const resolve of resolvers.splice(0)) resolve(value)
    },
  }
  return scene
}
