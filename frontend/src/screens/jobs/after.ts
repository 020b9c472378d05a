/** What follows when something was done to a job or batch: it is said, and the lists are read again. */
import { creditsChanged, queries } from '../../api/queries';
import { useErrorText } from '../../ui/errorText';
import { toast } from '../../ui/toasts';

export function useAfter(...lists: ('jobs' | 'batches')[]) {
  const describe = useErrorText();
  return <Done>(said: string | ((done: Done) => string)) => ({
    onSuccess: async (done: Done) => {
      toast.good(typeof said === 'string' ? said : said(done));
      creditsChanged();
      await Promise.all(lists.map((list) => queries.invalidateQueries({ queryKey: [list] })));
    },
    onError: (error: unknown) => {
      toast.bad(describe(error));
    },
  });
}
