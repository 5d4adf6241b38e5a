import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useMemo, useState } from "react";
import type { Schemas } from "../api/client";
import type { Signed } from "./send";

export type { Signed } from "./send";

/** What a person is about to sign, in words of their language. */
export type Act = {
  /** A verb and its object: "Confirm 25 payables". */
  title: string;
  amount?: Schemas["Amount"];
  counterparty?: string;
  /** What follows from it and cannot be taken back. */
  consequence: string;
  intents: Schemas["Intent"][];
  /** One deed in several commands: when all of them went well there is no list to be read. */
  together?: boolean;
};

/** The person closed the dialog: nothing was signed. */
export class Cancelled extends Error {}

/**
 * Asks the person to sign and says what became of each intent. An intent may still be open then:
 * another person must sign it too. One that was refused has been explained already.
 */
type Signing = { sign: (act: Act) => Promise<Signed[]> };

const Context = createContext<Signing | null>(null);

/** The one way to sign: a dialog that names the act, and the key of the person. */
export function useSigning(): Signing {
  const signing = useContext(Context);
  if (!signing) throw new Error("useSigning outside of SigningProvider");
  return signing;
}

const StepUp = lazy(() => import("./StepUp"));

type Asked = { act: Act; done: (outcomes: Signed[]) => void; cancelled: () => void };

export function SigningProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const sign = useCallback(
    (act: Act) =>
      new Promise<Signed[]>((resolve, reject) => {
        setAsked({ act, done: resolve, cancelled: () => reject(new Cancelled()) });
      }),
    [],
  );
  const value = useMemo(() => ({ sign }), [sign]);
  return (
    <Context.Provider value={value}>
      {children}
      {asked && (
        <Suspense fallback={null}>
          <StepUp
            act={asked.act}
            onDone={(outcomes) => {
              setAsked(null);
              asked.done(outcomes);
            }}
            onClose={() => {
              setAsked(null);
              asked.cancelled();
            }}
          />
        </Suspense>
      )}
    </Context.Provider>
  );
}
