// Shows only the questions of the kind, municipality and trouble chosen. Without script all are shown.
for (const filter of document.querySelectorAll(".filter")) {
  filter.hidden = false;
  const cards = [...filter.parentElement.querySelectorAll("details.card")];
  const shown = filter.querySelector("output");
  const apply = () => {
    const wanted = [...filter.querySelectorAll("select")].filter((select) => select.value);
    let count = 0;
    for (const card of cards) {
      card.hidden = wanted.some((select) => card.dataset[select.name] !== select.value);
      count += !card.hidden;
    }
    shown.textContent = `${count} of ${cards.length} shown`;
  };
  filter.addEventListener("change", apply);
  filter.addEventListener("click", (event) => {
    if (event.target.dataset.open) {
      const open = cards.some((card) => !card.hidden && !card.open);
      for (const card of cards) card.open = open;
    }
  });
  apply();
}
window.addEventListener("beforeprint", () => {
  for (const more of document.querySelectorAll("details.card")) more.open = true;
});
