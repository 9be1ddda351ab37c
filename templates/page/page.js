// What a script can add to a page that needs none: a button that copies a sample,
// and exact times on the reader's own clock. Words come with the script's element.
(() => {
  const words = document.currentScript.dataset;
  const said = (pattern, moment, zone) => pattern.replace("{moment}", moment).replace("{zone}", zone);

  function addCopyButton(block) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy quiet";
    button.textContent = words.copy;
    const told = document.createElement("span");
    told.className = "hidden";
    told.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent.replace(/\n$/, ""));
      button.textContent = words.copied;
      told.textContent = words.copied;
      setTimeout(() => {
        button.textContent = words.copy;
        told.textContent = "";
      }, 2000);
    });
    block.before(button, told);
  }

  // Minutes that the clocks of `zone` are ahead of UTC at that moment.
  function aheadOf(moment, zone) {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
      .formatToParts(moment).find((part) => part.type === "timeZoneName").value;
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(parts) ?? [null, "+", 0, 0];
    return (sign === "-" ? -1 : 1) * (60 * Number(hours) + Number(minutes));
  }

  // `26 September, 21:00 (UTC-07:00)`; without the day where the office's is the same.
  function inWords(moment, ahead, officeAhead) {
    const [own, office] = [ahead, officeAhead].map((minutes) => new Date(moment.getTime() + minutes * 60_000));
    const [date, time] = own.toISOString().split("T");
    const two = (number) => String(Math.trunc(number)).padStart(2, "0");
    const size = Math.abs(ahead);
    const offset = `${ahead < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
    const clock = size === 0 ? time.slice(0, 5) : `${time.slice(0, 5)} (UTC${offset})`;
    if (date === office.toISOString().split("T")[0]) return clock;
    const language = document.documentElement.lang;
    const day = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { day: "numeric", month: "long", timeZone: "UTC" });
    return `${day.format(own)}, ${clock}`;
  }

  function addOwnTime(time, zone) {
    const moment = new Date(time.dataset.at);
    if (Number.isNaN(moment.getTime())) return;
    const ahead = aheadOf(moment, zone);
    if (ahead === Number(time.dataset.ahead)) return;
    const own = document.createElement("span");
    own.className = "there";
    const pattern = time.hasAttribute("data-day") ? words.from : words.at;
    own.textContent = said(pattern, inWords(moment, ahead, Number(time.dataset.ahead)), zone.replaceAll("_", " "));
    time.after(" ", own);
  }

  if (navigator.clipboard) document.querySelectorAll(".notice pre").forEach(addCopyButton);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.querySelectorAll("main :not(.whose) > time[data-at]").forEach((time) => addOwnTime(time, zone));
})();
