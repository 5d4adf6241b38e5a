import { Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "../api/queries";
import { Badge } from "../ui/Badge";
import { Money } from "../ui/Money";
import { ProblemNote } from "../ui/ProblemNote";
import { Whole } from "../ui/Whole";
import { Digest } from "./Digest";
import { type Key, keys, node, ways, type Way } from "./keys";
import { FileWay } from "./FileWay";
import { FirstKey } from "./FirstKey";
import { Outcomes } from "./Outcomes";
import { KeyTrouble } from "./KeyTrouble";
import { signAll, type Signed, stopped } from "./send";
import type { Act } from "./signing";
import classes from "./StepUp.module.css";

type Props = { act: Act; onDone: (outcomes: Signed[]) => void; onClose: () => void };

/** Names the act, has the person's key sign it, and shows what became of it. */
export default function StepUp({ act, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const [outcomes, setOutcomes] = useState<Signed[] | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => {
    if (busy) return; // what was signed is on its way: its outcome is shown
    if (outcomes) onDone(outcomes);
    else onClose();
  };
  return (
    <Modal.Root opened onClose={close} centered size="lg">
      <Modal.Overlay />
      <Modal.Content>
        <Stack gap="md" p="md">
          <div className={classes.head}>
            <Modal.Title className={classes.title}>
              <Whole text={act.title} />
            </Modal.Title>
            {!busy && <Modal.CloseButton aria-label={t("common.close")} />}
          </div>
        <About act={act} />
        {outcomes ? (
          <>
            <Outcomes intents={act.intents} outcomes={outcomes} />
            <Group justify="flex-end">
              <Button data-autofocus onClick={() => onDone(outcomes)}>
                {t("signing.done")}
              </Button>
            </Group>
          </>
        ) : (
          <Gesture
            act={act}
            onBusy={setBusy}
            onClose={onClose}
            onOutcomes={(list) => {
              // One that went well needs no further click; a list is read, and a refusal.
              if ((list.length === 1 || act.together) && !list.some(stopped)) onDone(list);
              else setOutcomes(list);
            }}
          />
        )}
        </Stack>
      </Modal.Content>
    </Modal.Root>
  );
}

function About({ act }: { act: Act }) {
  const { t } = useTranslation();
  return (
    <>
      <dl className={classes.facts}>
        {act.amount && (
          <div>
            <dt>{t("signing.amount")}</dt>
            <dd>
              <Money value={act.amount} size="lg" />
            </dd>
          </div>
        )}
        {act.counterparty && (
          <div>
            <dt>{t("signing.counterparty")}</dt>
            <dd>{act.counterparty}</dd>
          </div>
        )}
        <div>
          <dt>{t("signing.consequence")}</dt>
          <dd>
            <Whole text={act.consequence} />
          </dd>
        </div>
        {act.intents.length === 1 ? (
          <div>
            <dt>{t("signing.digest")}</dt>
            <dd>
              <Digest value={act.intents[0]?.digest ?? ""} />
            </dd>
          </div>
        ) : null}
      </dl>
      {act.intents.length > 1 && (
        <details className={classes.digests}>
          <summary>{t("signing.digests", { count: act.intents.length })}</summary>
          <ol>
            {act.intents.map((i) => (
              <li key={i.id}>
                <Digest value={i.digest} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

type GestureProps = {
  act: Act;
  onBusy: (busy: boolean) => void;
  onClose: () => void;
  onOutcomes: (outcomes: Signed[]) => void;
};

function Gesture({ act, onBusy, onClose, onOutcomes }: GestureProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const about = useQuery(node);
  const list = useQuery({ ...keys, staleTime: 0 });
  const hands = useQuery({
    queryKey: ["ways", list.data?.map((k) => `${k.id} ${k.state}`)],
    queryFn: () => ways(list.data ?? []),
    enabled: list.isSuccess,
  });
  const [signed, setSigned] = useState(0);

  const sign = useMutation({
    mutationFn: async (way: Way) => {
      onBusy(true);
      setSigned(0);
      return signAll(act.intents, way, about.data?.relying_party ?? "", setSigned);
    },
    onSuccess: (outcomes) => {
      // What was signed changes what every list shows; who is signed in stays.
      void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== me.queryKey[0] });
      onOutcomes(outcomes);
    },
    onSettled: () => onBusy(false),
  });

  if (list.isError) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  if (about.isError) return <ProblemNote error={about.error} onRetry={() => void about.refetch()} />;
  if (!about.data || !list.data || !hands.data) return <Loader size="sm" aria-label={t("common.loading")} />;
  if (sign.isPending) {
    return (
      <Group gap="sm" role="status">
        <Loader size="sm" />
        <Text size="sm">{t(signed > 0 ? "signing.waiting" : "signing.ask")}</Text>
      </Group>
    );
  }
  const [first] = hands.data;
  return (
    <>
      {sign.isError && <KeyTrouble error={sign.error} />}
      {first ? (
        <Ways
          ways={hands.data}
          list={list.data}
          onUse={(way) => sign.mutate(way)}
          onClose={onClose}
          again={sign.isError}
        />
      ) : (
        <FirstKey about={about.data} list={list.data} onUse={(way) => sign.mutate(way)} onClose={onClose} />
      )}
    </>
  );
}

type WaysProps = {
  ways: Way[];
  list: Key[];
  onUse: (way: Way) => void;
  onClose: () => void;
  again: boolean;
};

function Ways({ ways: found, list, onUse, onClose, again }: WaysProps) {
  const { t } = useTranslation();
  const go = useRef<HTMLButtonElement>(null);
  useEffect(() => go.current?.focus(), []); // the dialog has given the focus away before the keys were known
  const [first, ...others] = found;
  if (!first) return null;
  return (
    <>
      {first.kind === "browser" && <DemoMark name={first.key.name} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t("signing.cancel")}
        </Button>
        <FileWay list={list} onUse={onUse} />
        {others.map((way) => (
          <Button key={way.kind} variant="default" onClick={() => onUse(way)}>
            {t(`signing.with.${way.kind}`)}
          </Button>
        ))}
        <Button ref={go} data-autofocus leftSection={<IconFingerprint size={18} aria-hidden />} onClick={() => onUse(first)}>
          {t(again ? "signing.again" : `signing.with.${first.kind}`)}
        </Button>
      </Group>
    </>
  );
}

function DemoMark({ name }: { name: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs">
      <Badge tone="attention">{t("signing.demoKey")}</Badge>
      <Text size="sm">{t("signing.demoKeyText", { name })}</Text>
    </Group>
  );
}
