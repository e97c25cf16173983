"""What does the evening in the Itaewon alley look like, step by step, in a browser?

A page of Mesa's own visualization, with buttons to step and to begin again, and a slider for the seed. It needs the
extra `page` (`.venv/bin/pip install '.[page]'`); then `.venv/bin/solara run examples/10_mesa_page.py`. Solara
fetches parts of its page from cdn.jsdelivr.net, so this example alone needs a network.
"""

from typing import Any

import numpy as np
import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter
from shapely.plotting import plot_polygon

from crowd import CrowdModel


def draw_people(model: CrowdModel) -> Figure:
    """Floor and people of the first level, coloured by speed."""
    figure = Figure(figsize=(7, 6), layout="constrained")
    axes = figure.subplots()
    people, rows = model.people, model.people.present()
    plot_polygon(model.venue.levels[0].floor, ax=axes, add_points=False, facecolor="white", edgecolor="black")
    speed = np.hypot(people.vx[rows], people.vy[rows])
    dots = axes.scatter(people.x[rows], people.y[rows], c=speed, s=8, vmin=0.0, vmax=1.5, cmap="cividis")
    figure.colorbar(dots, label="speed [m/s]")
    axes.set(aspect="equal", xlabel="east [m]", ylabel="north [m]", title=f"{rows.size} people at {model.time:.1f} s")
    return figure


@solara.component
def People(model: CrowdModel) -> None:
    """The picture on the page; drawn again after every step."""
    update_counter.get()
    solara.FigureMatplotlib(draw_people(model))


def make_page(model: CrowdModel) -> Any:
    """The page; `Reset` builds the model again from these parameters."""
    seed = {"type": "SliderInt", "value": 1, "min": 1, "max": 100, "step": 1, "label": "Seed"}
    parameters = {"scenario": "itaewon-two-way", "seed": seed}
    return SolaraViz(model, components=[People], model_params=parameters, name="Itaewon alley", render_interval=5)


page = make_page(CrowdModel("itaewon-two-way", seed=1))
