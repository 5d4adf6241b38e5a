import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/Drawer.css";
import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/Slider.css";
import {
  Alert,
  Button,
  Checkbox,
  CloseButton,
  Drawer,
  Group,
  Loader,
  Slider,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconInfoCircle } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pack, Schemas } from "../../api/client";
import { Cancelled, useSigning } from "../../signing/signing";
import { amount as shownAmount } from "../../ui/format";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Financing.module.css";
import { fromMinor, toMinor } from "./minor";
import { useNames } from "../../api/names";
import { type Estimate, estimate, programmes } from "./queries";
import { prepare, withdraw } from "./request";

type Amount = Schemas["Amount"];

function isLess(a: Amount, b: Amount): boolean {
  return toMinor(a) < toMinor(b);
}

/** What a bank may give, as it last quoted; nothing is shown where it never did. */
function Offer({ estimate: e }: { estimate: Estimate }) {
  const { t } = useTranslation();
  if (isLess(e.available, e.face)) {
    return (
      <Text size="sm" role="note">
        {t("financing.overLimit", { free: `${shownAmount(e.available.amount, e.available.currency)} ${e.available.currency}` })}
      </Text>
    );
  }
  if (e.missing.length > 0) {
    return (
      <Text size="sm" role="note">
        {t("financing.lacks", { papers: e.missing.map((k) => t(`kind.${k}`)).join(t("financing.and")) })}
      </Text>
    );
  }
  if (!e.terms) return <Text size="sm">{t("financing.noEstimate")}</Text>;
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>{t("financing.cash")}</dt>
          <dd>
            <Money value={e.terms.cash} />
          </dd>
        </div>
        <div>
          <dt>{t("financing.onDay")}</dt>
          <dd>{e.terms.value_date}</dd>
        </div>
        <div>
          <dt>{t("financing.allIn")}</dt>
          <dd>{t("financing.percent", { value: e.terms.all_in_rate })}</dd>
        </div>
        <div>
          <dt>{t(`financing.charge.${e.terms.kind}`)}</dt>
          <dd>
            <Money value={e.terms.charge} />
          </dd>
        </div>
        <div>
          <dt>{t("financing.fee")}</dt>
          <dd>
            <Money value={e.terms.fee} />
          </dd>
        </div>
      </dl>
      <Text size="xs" c="dimmed">
        {t("financing.basis", { day: e.quoted_at?.slice(0, 10) ?? "" })}
      </Text>
    </>
  );
}

/** How much of the claim the seller would like to have advanced: by hand, or exactly. */
function Wish({ most, value, onChange }: { most: Amount; value: Amount; onChange: (a: Amount) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value.amount);
  const whole = Number(toMinor(most));
  const now = Number(toMinor(value));
  const typed = (raw: string) => {
    setText(raw);
    const plain = raw.replaceAll(",", "").trim();
    if (!/^\d+(\.\d+)?$/.test(plain)) return;
    const wish = { amount: plain, currency: most.currency };
    if (toMinor(wish) > 0n && toMinor(wish) <= toMinor(most)) onChange(wish);
  };
  const plain = text.replaceAll(",", "").trim();
  const right = /^\d+(\.\d+)?$/.test(plain) && toMinor({ amount: plain, currency: most.currency }) <= toMinor(most);
  return (
    <div>
      <TextInput
        label={t("financing.wish")}
        description={t("financing.wishHelp", { most: `${shownAmount(most.amount, most.currency)} ${most.currency}` })}
        value={text}
        inputMode="decimal"
        error={right ? null : t("financing.wishWrong")}
        classNames={{ input: classes.decimal ?? "" }}
        rightSection={<Text size="xs">{most.currency}</Text>}
        rightSectionWidth={44}
        onChange={(e) => typed(e.currentTarget.value)}
      />
      <Slider
        mt="sm"
        min={0}
        max={100}
        step={1}
        label={null}
        thumbLabel={t("financing.wish")}
        value={Math.round((now * 100) / whole)}
        onChange={(share) => {
          const wish = fromMinor((toMinor(most) * BigInt(Math.max(share, 1))) / 100n, most.currency);
          setText(wish.amount);
          onChange(wish);
        }}
      />
    </div>
  );
}

type Props = { pack: Pack; obligor: string; opened: boolean; onClose: () => void };

/** Request financing: what it may cost, from whom, and one signature for all that it needs. */
export function RequestSheet({ pack, obligor, opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Drawer.Root opened={opened} onClose={onClose} position="right" size={480}>
      <Drawer.Overlay />
      <Drawer.Content aria-label={t("financing.request")}>
        <Drawer.Body p="md">
          <Group justify="space-between" mb="sm">
            <Title order={2}>{t("financing.request")}</Title>
            <CloseButton aria-label={t("common.close")} onClick={onClose} />
          </Group>
          {opened && <Sheet pack={pack} obligor={obligor} onClose={onClose} />}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function Sheet({ pack, obligor, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation();
  const { data, error } = useQuery(programmes);
  const seller = pack.parties.find((p) => p.side === "seller")?.organisation;
  const mine = data?.items.filter((p) => p.seller === seller && p.obligor === obligor) ?? [];
  const estimates = useQueries({ queries: mine.map((p) => estimate(pack.id, p.id)) });
  const failed = error ?? estimates.find((e) => e.error)?.error;
  if (failed) return <ProblemNote error={failed} />;
  if (!data || estimates.some((e) => !e.data)) return <Loader size="sm" m="md" aria-label={t("common.loading")} />;
  if (mine.length === 0) return <Text size="sm">{t("financing.noProgramme")}</Text>;
  return <Choice pack={pack} obligor={obligor} estimates={estimates.flatMap((e) => (e.data ? [e.data] : []))} onClose={onClose} />;
}

/** The cheapest that fits comes first; those without a quote after them. */
function inOrder(list: Estimate[]): Estimate[] {
  return list.toSorted((a, b) => rank(a) - rank(b));
}

function rank(e: Estimate): number {
  if (!fits(e)) return 2e9;
  return e.terms ? Number(e.terms.all_in_rate) : 1e9;
}

/** Whether the bank can be asked: the limit has room for the claim, and its papers are there. */
function fits(e: Estimate): boolean {
  return !isLess(e.available, e.face) && e.missing.length === 0;
}

function Choice({ pack, obligor, estimates, onClose }: Omit<Props, "opened"> & { estimates: Estimate[] }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { sign } = useSigning();
  const offers = inOrder(estimates);
  const [chosen, setChosen] = useState<string[]>(() => offers.filter(fits).slice(0, 1).map((e) => e.programme));
  const most = offers.find((e) => e.terms)?.terms?.advance;
  const [wish, setWish] = useState<Amount | undefined>(most);
  const [asked] = useDebouncedValue(wish, 200);
  const wishing = most && asked && toMinor(asked) !== toMinor(most) ? asked : undefined;
  const priced = useQueries({
    queries: offers.map((e) => ({ ...estimate(pack.id, e.programme, wishing), placeholderData: keepPreviousData })),
  });
  const [agreed, setAgreed] = useState(false);
  const first = offers[0];
  const unconfirmed = first && (!first.phase || first.phase === "ISSUED");
  const banks = chosen.map((id) => nameOf(offers.find((e) => e.programme === id)?.bank ?? ""));

  const submit = useMutation({
    mutationFn: async () => {
      const prepared = await prepare(pack, offers.filter((e) => chosen.includes(e.programme)), wishing);
      if (prepared.cases.length === 0) {
        await withdraw(prepared.intents); // no bank is asked, so nothing is claimed either
        return prepared;
      }
      try {
        await sign({
          title: t("financing.sign.title", { count: prepared.cases.length }),
          ...(first ? { amount: first.face } : {}),
          counterparty: banks.join(t("financing.and")),
          consequence: t(unconfirmed ? "financing.sign.standing" : "financing.sign.now", { buyer: nameOf(obligor) }),
          intents: prepared.intents,
          together: true,
        });
      } catch (error) {
        await withdraw(prepared.intents);
        throw error;
      }
      return prepared;
    },
    onSuccess: async (prepared) => {
      await client.invalidateQueries({ queryKey: ["financings"] });
      void client.invalidateQueries({ queryKey: ["pack", pack.id] });
      const goTo = prepared.cases[0] ?? prepared.refused[0];
      onClose();
      if (goTo) await navigate({ to: "/financings/$id", params: { id: goTo.id } });
    },
  });
  if (!first) return null;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        submit.mutate();
      }}
    >
      <Stack gap="md">
        <dl className={classes.figures}>
          <div>
            <dt>{t("financing.face")}</dt>
            <dd>
              <Money value={first.face} />
            </dd>
          </div>
          <div>
            <dt>{t("financing.due")}</dt>
            <dd>{first.due_date}</dd>
          </div>
        </dl>
        <Text size="sm" c="dimmed">
          {t("financing.whole")}
        </Text>
        {most && wish && <Wish most={most} value={wish} onChange={setWish} />}
        <Checkbox.Group label={t("financing.banks")} value={chosen} onChange={setChosen}>
          <Stack gap={8} mt={4}>
            {offers.map((e, n) => (
              <div key={e.programme} className={classes.offer}>
                <Checkbox value={e.programme} label={nameOf(e.bank)} disabled={!fits(e)} />
                <Offer estimate={priced[n]?.data ?? e} />
              </div>
            ))}
          </Stack>
        </Checkbox.Group>
        {unconfirmed && (
          <Alert variant="light" color="blue" icon={<IconInfoCircle size={18} />} title={t("financing.standsTitle", { buyer: nameOf(obligor) })}>
            {t("financing.standsText", { buyer: nameOf(obligor) })}
          </Alert>
        )}
        <Checkbox
          checked={agreed}
          onChange={(e) => setAgreed(e.currentTarget.checked)}
          label={t("financing.consent", { banks: banks.join(t("financing.and")) || "…" })}
        />
        {submit.isError && !(submit.error instanceof Cancelled) && <ProblemNote error={submit.error} />}
        <Group>
          <Button type="submit" loading={submit.isPending} disabled={!agreed || chosen.length === 0}>
            {t("financing.submit")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
