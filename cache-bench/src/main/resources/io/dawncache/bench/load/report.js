document.querySelectorAll("figure").forEach(function (figure) {
  var readout = figure.querySelector(".readout");
  var cursor = figure.querySelector(".cursor");
  var hint = "Point at the curves for figures.";
  readout.textContent = hint;
  function show(event) {
    var text = event.target.getAttribute("data-text");
    if (text) {
      readout.textContent = text;
      cursor.setAttribute("transform", "translate(" + event.target.getAttribute("data-x") + ")");
      cursor.style.visibility = "visible";
    }
  }
  figure.addEventListener("pointerover", show);
  figure.addEventListener("pointerdown", show);
  figure.addEventListener("pointerleave", function () {
    readout.textContent = hint;
    cursor.style.visibility = "hidden";
  });
});
