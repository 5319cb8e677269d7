/**
 * Does something for each item, all at once; one that fails keeps none of the others from it.
 *
 * @throws AggregateError with what went wrong.
 */
export async function forAll<T>(items: readonly T[], act: (item: T) => unknown): Promise<void> {
  const results = await Promise.allSettled(items.map(async (item) => act(item)));
  const errors = results.filter((result) => result.status === 'rejected').map((result): unknown => result.reason);
  if (errors.length > 0) throw new AggregateError(errors);
}
