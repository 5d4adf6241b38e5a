import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Act, Cancelled, type Signed, useSigning } from "../../signing/signing";
import type { Intent } from "./queries";

/** Prepares an act about one payable and has it signed; null when the person closed the dialog. */
export function useAct() {
  const { sign } = useSigning();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ask: Omit<Act, "intents"> & { prepare: () => Promise<Intent> }): Promise<Signed | null> => {
      const { prepare, ...act } = ask;
      const intent = await prepare();
      try {
        const [signed] = await sign({ ...act, intents: [intent] });
        return signed ?? null;
      } catch (error) {
        if (error instanceof Cancelled) return null;
        throw error;
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["receivables"] }),
  });
}
